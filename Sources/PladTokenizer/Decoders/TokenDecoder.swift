/// Turns tokens back into text.
protocol TokenDecoder: Sendable {
    /// Transforms all tokens of a text; the last step's tokens are concatenated.
    func decode(_ tokens: inout [[UInt8]])

    /// Transforms one token in the middle of a text: strips nothing, and keeps bytes that are not a complete character.
    func decodeContinuation(_ token: inout [UInt8])
}

/// A sequence of decoders, applied one after the other.
struct TokenDecoderSequence: TokenDecoder {
    let decoders: [any TokenDecoder]

    func decode(_ tokens: inout [[UInt8]]) {
        for decoder in decoders { decoder.decode(&tokens) }
    }

    func decodeContinuation(_ token: inout [UInt8]) {
        for decoder in decoders { decoder.decodeContinuation(&token) }
    }
}

/// Makes the decoder that a `tokenizer.json` section describes. A new decoder is one file and one line here.
enum TokenDecoders {
    static func make(_ section: Section) throws -> any TokenDecoder {
        switch try section.type() {
        case "Sequence":
            try section.only("decoders")
            return TokenDecoderSequence(decoders: try section.sections("decoders").map(make))
        case "ByteLevel":
            try section.only("add_prefix_space", "trim_offsets", "use_regex")
            return ByteLevelDecoder()
        case "ByteFallback":
            try section.only()
            return ByteFallbackDecoder()
        case "Fuse":
            try section.only()
            return FuseDecoder()
        case "Metaspace": return try MetaspaceDecoder(section)
        case "Replace": return try ReplaceDecoder(section)
        case "Strip": return try StripDecoder(section)
        case let type:
            throw section.unknown("type", type, known: "ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Sequence, Strip")
        }
    }
}
