/// The character classes of tokenizer patterns, as Hugging Face `tokenizers` assigns them.
///
/// The table is plad's own rather than the standard library's, so that a text has the same tokens under every version of Swift.
struct CharacterClasses: OptionSet, Sendable {
    let rawValue: UInt8

    /// Uppercase and titlecase letters: `Lu` and `Lt`.
    static let upper = CharacterClasses(rawValue: 1)
    /// Lowercase letters: `Ll`.
    static let lower = CharacterClasses(rawValue: 2)
    /// Other letters: `Lm` and `Lo`.
    static let otherLetter = CharacterClasses(rawValue: 4)
    /// Marks: `\p{M}`.
    static let mark = CharacterClasses(rawValue: 8)
    /// Numbers: `\p{N}`.
    static let number = CharacterClasses(rawValue: 16)
    /// White space: `\s`.
    static let space = CharacterClasses(rawValue: 32)
    /// Word characters: `\w`.
    static let word = CharacterClasses(rawValue: 64)
    /// Numbers that `Digits` splits off, by a newer Unicode version than that of `number`.
    static let numeric = CharacterClasses(rawValue: 128)
    /// All letters: `\p{L}`.
    static let letter: CharacterClasses = [.upper, .lower, .otherLetter]

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(of scalar: Unicode.Scalar) {
        let code = Int(scalar.value)
        self.init(rawValue: code < Self.table.count ? Self.table.base[code] : 0)
    }

    /// Classes of every code point below the last run's start; above it no code point has a class.
    static let table: FrozenBuffer<UInt8> = {
        let count = Int(runs[runs.count - 1] >> 8)
        return FrozenBuffer(count: count) { table in
            for (run, next) in zip(runs, runs.dropFirst()) {
                for code in Int(run >> 8)..<Int(next >> 8) { table[code] = UInt8(truncatingIfNeeded: run) }
            }
        }
    }()
}
