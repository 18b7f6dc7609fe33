/// Joins runs of tokens such as `<0xE2>` to the characters that their bytes spell; a run that is not UTF-8 gives
/// one U+FFFD for each byte.
struct ByteFallbackDecoder: TokenDecoder {
    func decode(_ tokens: inout [[UInt8]]) {
        var decoded: [[UInt8]] = []
        decoded.reserveCapacity(tokens.count)
        var run: [UInt8] = []
        func close() {
            guard !run.isEmpty else { return }
            if UTF8Bytes.isValid(run) {
                decoded.append(run)
            } else {
                decoded.append(contentsOf: repeatElement(Array("\u{FFFD}".utf8), count: run.count))
            }
            run.removeAll()
        }
        for token in tokens {
            if let byte = ByteTokens.byte(of: token) {
                run.append(byte)
            } else {
                close()
                decoded.append(token)
            }
        }
        close()
        tokens = decoded
    }

    func decodeContinuation(_ token: inout [UInt8]) {
        if let byte = ByteTokens.byte(of: token) { token = [byte] }
    }
}
