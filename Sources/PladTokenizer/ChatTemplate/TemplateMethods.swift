extension TemplateRenderer {
    /// Calls a method of a string or a mapping by its Python name.
    mutating func call(_ method: String, of subject: TemplateValue, _ given: TemplateCallArguments, line: Int) throws -> TemplateValue {
        try charge(subject.size)
        switch subject {
        case .string(let text): return try call(method, of: text, given, line: line)
        case .dictionary(let members):
            switch method {
            case "items": return .list(members.pairs.map { .list([.string($0.key), $0.value]) })
            case "keys": return .list(members.pairs.map { .string($0.key) })
            case "values": return .list(members.pairs.map(\.value))
            case "get":
                guard case .string(let key)? = given.argument(0) else { throw failure(line, "get needs a string") }
                return try find(key, in: members) ?? given.argument(1) ?? .none
            default: break
            }
        case .undefined: throw failure(line, "\"\(method)\" is called on \(subject.kind)")
        default: break
        }
        throw failure(line, "the method \"\(method)\" of \(subject.kind) is not known to plad; use a template without it")
    }

    private mutating func call(_ method: String, of text: String, _ given: TemplateCallArguments, line: Int) throws -> TemplateValue {
        try charge(text: text.utf8.count)
        for case .string(let argument) in given.positional { try charge(text: argument.utf8.count) }
        func string(_ index: Int) throws -> String? {
            switch given.argument(index) {
            case nil, .some(.none): return nil
            case .some(.string(let value)): return value
            case .some(let other): throw failure(line, "the method \"\(method)\" is given \(other.kind)")
            }
        }
        /// A required argument; throws if it is missing or empty.
        func required(_ index: Int) throws -> String {
            guard let value = try string(index), !value.isEmpty else { throw failure(line, "the method \"\(method)\" is given no text") }
            return value
        }
        func limit(_ index: Int, _ name: String) throws -> Int {
            guard let value = given.argument(index, name) else { return .max }
            guard case .integer(let limit) = value else { throw failure(line, "the method \"\(method)\" is limited by \(value.kind)") }
            return limit < 0 ? .max : limit
        }
        switch method {
        case "strip": return .string(PythonText.stripped(text, of: try string(0)))
        case "lstrip": return .string(PythonText.stripped(text, of: try string(0), right: false))
        case "rstrip": return .string(PythonText.stripped(text, of: try string(0), left: false))
        case "upper", "lower", "capitalize", "title":
            // Looking a letter's other case up takes longer than passing it.
            try charge(text.utf8.count / 8)
            return .string(recased(text, method))
        case "startswith", "endswith":
            let affixes = try affixes(given, method, line)
            for affix in affixes { try charge(1 + min(affix.utf8.count, text.utf8.count) / 32) }
            return .bool(
                affixes.contains {
                    method == "startswith" ? text.utf8.starts(with: $0.utf8) : text.utf8.reversed().starts(with: $0.utf8.reversed())
                })
        case "split":
            guard given.argument(0, "sep").map({ if case .none = $0 { false } else { true } }) ?? false else {
                guard given.argument(1, "maxsplit") == nil else { throw failure(line, "split by white space takes no limit in plad") }
                try charge(text.unicodeScalars.count(where: PythonText.isSpace))
                return .list(PythonText.words(text).map { .string($0) })
            }
            let (separator, most) = (try required(0), try limit(1, "maxsplit"))
            try charge(PythonText.occurrences(of: separator, in: text, limit: most).count)
            return .list(PythonText.split(text, by: separator, limit: most).map { .string($0) })
        case "replace":
            return .string(try replaced(text, try required(0), try string(1) ?? "", limit: try limit(2, "count")))
        case "find":
            let part = try string(0) ?? ""
            guard let byte = part.isEmpty ? 0 : PythonText.occurrences(of: part, in: text, limit: 1).first else { return .integer(-1) }
            return .integer(String(decoding: Array(text.utf8)[..<byte], as: UTF8.self).unicodeScalars.count)
        case "join":
            guard let list = given.argument(0) else { throw failure(line, "join needs a list") }
            return try joined(list, by: text, line: line)
        default: throw failure(line, "the method \"\(method)\" of a string is not known to plad; use a template without it")
        }
    }

    private func recased(_ text: String, _ method: String) -> String {
        switch method {
        case "upper": text.uppercased()
        case "lower": text.lowercased()
        case "capitalize": PythonText.capitalized(text)
        default: PythonText.title(text)
        }
    }

    /// The arguments of `startswith` and `endswith`: one text, or a tuple of texts.
    private func affixes(_ given: TemplateCallArguments, _ method: String, _ line: Int) throws -> [String] {
        switch given.argument(0) {
        case .some(.string(let text)): return [text]
        case .some(.list(let list)):
            return try list.elements.map { element in
                guard case .string(let text) = element else { throw failure(line, "\(method) is given \(element.kind)") }
                return text
            }
        default: throw failure(line, "\(method) needs a string")
        }
    }

    mutating func replaced(_ text: String, _ old: String, _ new: String, limit: Int = .max) throws -> String {
        let count = PythonText.occurrences(of: old, in: text, limit: limit).count
        try charge(count)
        let (added, overflow) = count.multipliedReportingOverflow(by: new.utf8.count)
        try charge(text: overflow ? .max : min(added, Self.longestText + 1) + text.utf8.count)
        return PythonText.replacing(text, old, by: new, limit: limit)
    }

    mutating func joined(_ list: TemplateValue, by separator: String, line: Int) throws -> TemplateValue {
        try charge(list.size)
        let parts = try elements(of: list, line: line).map { try text(of: $0, line: line) }
        let (between, overflow) = parts.count.multipliedReportingOverflow(by: separator.utf8.count)
        try charge(
            text: overflow ? .max : parts.reduce(min(between, Self.longestText + 1)) { min($0 + $1.utf8.count, Self.longestText + 1) })
        return .string(parts.joined(separator: separator))
    }
}

extension PythonText {
    /// `text` with the first letter of each word in upper case and the others in lower case; all characters but letters separate words.
    static func title(_ text: String) -> String {
        var titled = ""
        var inWord = false
        for scalar in text.unicodeScalars {
            titled += inWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
            inWord = scalar.properties.isCased
        }
        return titled
    }
}
