/// Replaces a text within each token.
struct ReplaceDecoder: TokenDecoder {
    let replacement: BytesReplacement

    init(_ section: Section) throws {
        try section.only("pattern", "content")
        replacement = try BytesReplacement(section)
    }

    func decode(_ tokens: inout [[UInt8]]) {
        for index in tokens.indices { replacement.apply(to: &tokens[index]) }
    }

    func decodeContinuation(_ token: inout [UInt8]) {
        replacement.apply(to: &token)
    }
}
