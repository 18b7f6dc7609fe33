/// Turns tokens spelled in the byte alphabet into their bytes and joins them.
///
/// A token with any character outside the alphabet, as added tokens may have, is decoded as its own UTF-8.
struct ByteLevelDecoder: TokenDecoder {
    func decode(_ tokens: inout [[UInt8]]) {
        let bytes = tokens.flatMap { ByteAlphabet.bytes(of: $0) ?? $0 }
        tokens = [Array(String(decoding: bytes, as: UTF8.self).utf8)]
    }

    func decodeContinuation(_ token: inout [UInt8]) {
        token = ByteAlphabet.bytes(of: token) ?? token
    }
}
