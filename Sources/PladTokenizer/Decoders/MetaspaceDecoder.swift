/// Turns SentencePiece's visible symbol back into spaces, and drops it from the first token, where it was the
/// dummy prefix.
struct MetaspaceDecoder: TokenDecoder {
    let symbol: [UInt8]
    let prefix: MetaspacePrefix

    init(_ section: Section) throws {
        try section.only("replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep")
        symbol = try section.character("replacement")
        prefix = try MetaspacePrefix(section)
    }

    func decode(_ tokens: inout [[UInt8]]) {
        for index in tokens.indices {
            let dropped = index == 0 && prefix != .never
            BytesReplacement(literal: symbol, content: dropped ? [] : [0x20]).apply(to: &tokens[index])
        }
    }

    func decodeContinuation(_ token: inout [UInt8]) {
        BytesReplacement(literal: symbol, content: [0x20]).apply(to: &token)
    }
}
