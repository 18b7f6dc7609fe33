import PladRecords

extension HTTPHeader {
    /// Parses a header from a user's line, `Name: value`, and replaces `${VARIABLE}` by values from the environment, which are treated
    /// as secrets.
    ///
    /// Throws `HTTPError.malformedHeader` for an invalid line, an unset variable, and a secret in plain text, which the list of
    /// processes would show to everybody.
    ///
    /// - Parameter environment: environment variables; nil treats every variable as set, for checking a line only.
    package init(line: String, environment: [String: String]?) throws {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init)?.trimmedOfSpaces ?? ""
        let symbols = Set("!#$%&'*+-.^_`|~")
        guard parts.count == 2, !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || symbols.contains($0)) })
        else { throw HTTPError(.malformedHeader, "a `header` is not a header: give 'Name: value'") }
        var (value, rest) = ("", Substring(String(parts[1]).trimmedOfSpaces))
        var secrets: [String] = []
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let variable = String(rest[start.upperBound..<end])
            let held = environment.map { $0[variable] ?? "" } ?? "set"
            guard !held.isEmpty else {
                throw HTTPError(.malformedHeader, "`header` \(name): the environment holds no \(variable); set it")
            }
            secrets.append(held.trimmedOfSpaces)
            value += rest[..<start.lowerBound] + held.trimmedOfSpaces
            rest = rest[rest.index(after: end)...]
        }
        value += rest
        guard !secrets.isEmpty || !Self.carriesSecret(name) else {
            throw HTTPError(
                .malformedHeader,
                "`header` \(name) writes a secret out, where others see it; put it into the environment and give '\(name): ${NAME}'"
            )
        }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw HTTPError(.malformedHeader, "`header` \(name): the value holds a line break or control character; take it out")
        }
        self.init(name, value, secrets: secrets)
    }

    /// True if a header of this name carries a secret.
    private static func carriesSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["auth", "cookie", "key", "token", "secret", "password", "credential", "signature"].contains { name.contains($0) }
    }
}

extension String {
    fileprivate var trimmedOfSpaces: String {
        let start = drop { $0 == " " || $0 == "\t" || $0.isNewline }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" || $0.isNewline }.reversed())
    }
}
