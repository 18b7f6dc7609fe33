/// Removes up to `start` of a character from the front of each token, and up to `stop` from its end.
struct StripDecoder: TokenDecoder {
    let content: [UInt8]
    let start: Int
    let stop: Int

    init(_ section: Section) throws {
        try section.only("content", "start", "stop")
        content = try section.character("content")
        start = try section.count("start")
        stop = try section.count("stop")
    }

    func decode(_ tokens: inout [[UInt8]]) {
        for index in tokens.indices {
            var token = tokens[index][...]
            for _ in 0..<start {
                guard token.starts(with: content) else { break }
                token = token.dropFirst(content.count)
            }
            for _ in 0..<stop {
                guard token.suffix(content.count) == content[...] else { break }
                token = token.dropLast(content.count)
            }
            if token.count < tokens[index].count { tokens[index] = Array(token) }
        }
    }

    func decodeContinuation(_ token: inout [UInt8]) {}
}
