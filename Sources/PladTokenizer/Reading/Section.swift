import PladRecords

/// A JSON object of a tokenizer's files together with its place, so that every error names file and field.
struct Section {
    /// Path of the file and of the field in it, for example `student/tokenizer.json: normalizer.normalizers[1]`.
    let place: String
    let members: [String: JSONValue]
    private let isWholeFile: Bool

    init(_ value: JSONValue, place: String, isWholeFile: Bool = false) throws {
        guard let members = value.object else { throw TokenizerError(.files, "\(place) is not an object") }
        self.place = place
        self.members = members
        self.isWholeFile = isWholeFile
    }

    /// Place of a field, as errors name it.
    func place(of field: String) -> String {
        place + (isWholeFile ? ": " : ".") + field
    }

    func failure(_ field: String, _ what: String) -> TokenizerError {
        TokenizerError(.files, "\(place(of: field)) \(what)")
    }

    /// The error for a well-formed value that plad does not implement.
    func unknown(_ field: String, _ value: String, known: String) -> TokenizerError {
        failure(field, "\"\(value)\" is not known to plad (known: \(known)); use a tokenizer without it")
    }

    /// The value of `type`, the kind of this section.
    func type() throws -> String { try string("type") }

    /// Throws if there are fields other than these and `type`: an unknown field may change the meaning of the known ones.
    func only(_ fields: String...) throws {
        if let field = members.keys.filter({ $0 != "type" && !fields.contains($0) }).min() {
            throw failure(field, "is not known to plad; use a tokenizer without it")
        }
    }

    /// The value of a field; nil if it is absent or null.
    subscript(field: String) -> JSONValue? {
        if let value = members[field], value != .null { value } else { nil }
    }

    func string(_ field: String, default preset: String? = nil) throws -> String {
        guard let value = self[field] else {
            guard let preset else { throw failure(field, "is missing") }
            return preset
        }
        guard let text = value.string else { throw failure(field, "is not a string") }
        return text
    }

    func bool(_ field: String, default preset: Bool? = nil) throws -> Bool {
        guard let value = self[field] else {
            guard let preset else { throw failure(field, "is missing") }
            return preset
        }
        guard let flag = value.bool else { throw failure(field, "is not true or false") }
        return flag
    }

    /// A whole number from 0 to 2,147,483,647.
    func count(_ field: String) throws -> Int {
        guard let value = self[field] else { throw failure(field, "is missing") }
        guard let number = value.int, (0...Int(Int32.max)).contains(number) else { throw failure(field, "is not a whole number from 0 on") }
        return number
    }

    func id(_ field: String) throws -> TokenID { TokenID(try count(field)) }

    /// A string of exactly one character.
    func character(_ field: String, default preset: String? = nil) throws -> [UInt8] {
        let text = try string(field, default: preset)
        guard text.unicodeScalars.count == 1 else { throw failure(field, "is not a single character") }
        return Array(text.utf8)
    }

    func section(_ field: String) throws -> Section {
        guard let value = self[field] else { throw failure(field, "is missing") }
        return try Section(value, place: place(of: field))
    }

    func sections(_ field: String) throws -> [Section] {
        guard let elements = self[field]?.array else { throw failure(field, "is not a list") }
        return try elements.enumerated().map { try Section($1, place: place(of: "\(field)[\($0)]")) }
    }
}
