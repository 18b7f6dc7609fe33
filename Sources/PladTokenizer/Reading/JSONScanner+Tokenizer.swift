import PladRecords

extension JSONScanner {
    /// Scans a tokenizer's file; a repeated name and a lone surrogate are refused.
    ///
    /// Fails with `TokenizerError` of `code` that names the document and the line.
    init(_ bytes: UnsafeBufferPointer<UInt8>, name: String, code: TokenizerError.Code = .files, from position: Int = 0) {
        let rules = Rules(deepest: 64, refusesLoneSurrogates: true, refusesEqualNames: true)
        self.init(bytes, rules, from: position) { problem, position in
            let line = bytes[..<position].count { $0 == UInt8(ascii: "\n") } + 1
            return TokenizerError(code, "\(name): line \(line): \(problem); the file is damaged, fetch it again")
        }
    }
}
