import Foundation

/// The character data of Unicode normalization (UAX #15), as Hugging Face `tokenizers` has it.
///
/// The table is plad's own rather than the system's: the same text must give the same tokens on every machine, and Foundation's forms
/// of rare sequences of marks differ from the standard's.
struct NormalizationData: Sendable {
    /// Properties of a character that normalization may change; empty for the others.
    struct Traits: OptionSet, BitwiseCopyable, Sendable {
        let rawValue: UInt8
        /// The character has a canonical decomposition.
        static let decomposes = Traits(rawValue: 1)
        /// The character has a compatibility decomposition beside it.
        static let decomposesCompatibly = Traits(rawValue: 2)
        /// The character has a combining class.
        static let isMark = Traits(rawValue: 4)
        /// The character is the second half of a composition.
        static let joinsBefore = Traits(rawValue: 8)
        /// The character is decomposed in NFC too, to another character or in another order.
        static let neverComposed = Traits(rawValue: 16)
    }

    static let shared = NormalizationData(table: Data(base64Encoded: table)!)

    private let traits: FrozenBuffer<UInt8>
    private let combiningClasses: [UInt32: UInt8]
    private let canonical: [UInt32: [UInt32]]
    private let compatible: [UInt32: [UInt32]]
    /// Composed characters by first << 32 | second.
    private let composites: [UInt64: UInt32]

    private init(table: Data) {
        var reader = VariableIntegers(bytes: [UInt8](table))
        var traits = [UInt8](repeating: 0, count: 0x30000)
        var classes: [UInt32: UInt8] = [:]
        var code: UInt32 = 0
        for _ in 0..<reader.next() {
            code += reader.next()
            let length = reader.next() + 1
            let value = UInt8(reader.next())
            for _ in 0..<length {
                classes[code] = value
                traits[Int(code)] |= Traits.isMark.rawValue
                code += 1
            }
        }
        let canonical = reader.decompositions()
        let compatible = reader.decompositions()
        var composites: [UInt64: UInt32] = [:]
        var byDecomposition: [[UInt32]: UInt32] = [:]
        for (code, entry) in canonical where !entry.neverComposed { byDecomposition[entry.scalars] = code }
        for (code, entry) in canonical {
            traits[Int(code)] |= Traits.decomposes.rawValue | (entry.neverComposed ? Traits.neverComposed.rawValue : 0)
            guard !entry.neverComposed else { continue }
            let rest = Array(entry.scalars.dropLast())
            guard let last = entry.scalars.last, let first = rest.count == 1 ? rest[0] : byDecomposition[rest] else { continue }
            composites[UInt64(first) << 32 | UInt64(last)] = code
            traits[Int(last)] |= Traits.joinsBefore.rawValue
        }
        for code in compatible.keys { traits[Int(code)] |= Traits.decomposesCompatibly.rawValue }
        for code in Hangul.vowels { traits[Int(code)] |= Traits.joinsBefore.rawValue }
        for code in Hangul.finals { traits[Int(code)] |= Traits.joinsBefore.rawValue }
        for code in Hangul.syllables { traits[Int(code)] |= Traits.decomposes.rawValue }
        self.traits = FrozenBuffer(traits)
        self.combiningClasses = classes
        self.canonical = canonical.mapValues(\.scalars)
        self.compatible = compatible.mapValues(\.scalars)
        self.composites = composites
    }

    @inline(__always)
    func traits(of code: UInt32) -> Traits {
        Traits(rawValue: code < 0x30000 ? traits.base[Int(code)] : 0)
    }

    func combiningClass(of code: UInt32) -> UInt8 {
        traits(of: code).contains(.isMark) ? combiningClasses[code] ?? 0 : 0
    }

    /// Appends the full decomposition of a character; a character without one is appended itself.
    func appendDecomposition(of code: UInt32, compatibly: Bool, to scalars: inout [UInt32]) {
        if Hangul.syllables.contains(code) {
            Hangul.appendDecomposition(of: code, to: &scalars)
        } else if let decomposition = compatibly ? compatible[code] ?? canonical[code] : canonical[code] {
            scalars += decomposition
        } else {
            scalars.append(code)
        }
    }

    /// The composition of two characters, or nil.
    func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.composite(first, second) ?? composites[UInt64(first) << 32 | UInt64(second)]
    }
}

/// Hangul syllables, which are decomposed and composed by arithmetic (The Unicode Standard, section 3.12).
enum Hangul {
    static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
    static let initials: Range<UInt32> = 0x1100..<0x1113
    static let vowels: Range<UInt32> = 0x1161..<0x1176
    static let finals: Range<UInt32> = 0x11A8..<0x11C3

    static func appendDecomposition(of syllable: UInt32, to scalars: inout [UInt32]) {
        let index = syllable - syllables.lowerBound
        scalars.append(initials.lowerBound + index / 588)
        scalars.append(vowels.lowerBound + index % 588 / 28)
        if index % 28 > 0 { scalars.append(finals.lowerBound + index % 28 - 1) }
    }

    static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if initials.contains(first), vowels.contains(second) {
            return syllables.lowerBound + (first - initials.lowerBound) * 588 + (second - vowels.lowerBound) * 28
        }
        guard syllables.contains(first), (first - syllables.lowerBound) % 28 == 0, finals.contains(second) else { return nil }
        return first + second - finals.lowerBound + 1
    }
}

/// Reads the table's integers: 7 bits a byte, low bits first.
private struct VariableIntegers {
    let bytes: [UInt8]
    var position = 0

    mutating func next() -> UInt32 {
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while true {
            let byte = bytes[position]
            position += 1
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func decompositions() -> [UInt32: (scalars: [UInt32], neverComposed: Bool)] {
        var entries: [UInt32: (scalars: [UInt32], neverComposed: Bool)] = [:]
        var previous = [UInt32](repeating: 0, count: 32)
        var code: UInt32 = 0
        for _ in 0..<next() {
            code += next()
            let header = next()
            for place in 0..<Int(header / 2) {
                let difference = next()
                previous[place] = difference % 2 == 0 ? previous[place] &+ difference / 2 : previous[place] &- (difference / 2 + 1)
            }
            entries[code] = (Array(previous[..<Int(header / 2)]), header % 2 == 1)
        }
        return entries
    }
}
