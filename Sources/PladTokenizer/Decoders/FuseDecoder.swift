/// Joins all tokens to one, so that the decoders after it see the text as a whole.
struct FuseDecoder: TokenDecoder {
    func decode(_ tokens: inout [[UInt8]]) {
        tokens = [Array(tokens.joined())]
    }

    func decodeContinuation(_ token: inout [UInt8]) {}
}
