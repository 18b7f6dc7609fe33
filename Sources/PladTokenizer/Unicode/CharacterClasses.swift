/// The character classes that tokenizer patterns speak of, as Hugging Face `tokenizers` sees them.
///
/// A table of our own rather than the standard library's properties: the same text must give the same tokens
/// under every version of Swift.
struct CharacterClasses: OptionSet, Sendable {
    let rawValue: UInt8

    /// `Lu` and `Lt`.
    static let upper = CharacterClasses(rawValue: 1)
    /// `Ll`.
    static let lower = CharacterClasses(rawValue: 2)
    /// `Lm` and `Lo`.
    static let otherLetter = CharacterClasses(rawValue: 4)
    /// `\p{M}`.
    static let mark = CharacterClasses(rawValue: 8)
    /// `\p{N}`.
    static let number = CharacterClasses(rawValue: 16)
    /// `\s`.
    static let space = CharacterClasses(rawValue: 32)
    /// `\w`.
    static let word = CharacterClasses(rawValue: 64)
    /// What `Digits` cuts: numbers in a newer Unicode than that of `number`.
    static let numeric = CharacterClasses(rawValue: 128)
    /// `\p{L}`.
    static let letter: CharacterClasses = [.upper, .lower, .otherLetter]

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(of scalar: Unicode.Scalar) {
        let code = Int(scalar.value)
        self.init(rawValue: code < Self.table.count ? Self.table.base[code] : 0)
    }

    /// The classes of every code point below the last run's start, from where on nothing has a class.
    static let table: FrozenBuffer<UInt8> = {
        let count = Int(runs[runs.count - 1] >> 8)
        return FrozenBuffer(count: count) { table in
            for (run, next) in zip(runs, runs.dropFirst()) {
                for code in Int(run >> 8)..<Int(next >> 8) { table[code] = UInt8(truncatingIfNeeded: run) }
            }
        }
    }()
}
