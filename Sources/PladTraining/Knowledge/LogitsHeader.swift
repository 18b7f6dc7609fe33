package import Foundation
import PladRecords
package import PladStudent
package import PladTokenizer

/// The first pages of a logits file: whose distributions it holds, and how they are cut.
package struct LogitsHeader: Codable, Sendable, Equatable {
    /// SHA-256, hexadecimal, of the teacher's files.
    package var teacher: String
    package var topP: Double
    package var topK: Int
    /// Number of tokens in the teacher's vocabulary.
    package var vocabularySize: Int
    /// SHA-256, hexadecimal, of the section that spells them.
    package var vocabulary: String

    package init(teacher: String, truncation: Truncation, spellings: TokenSpellings) {
        self.teacher = teacher
        (topP, topK) = (truncation.topP, truncation.topK)
        vocabularySize = spellings.count
        vocabulary = Digest(of: spellings.section).description
    }

    package var truncation: Truncation { Truncation(topP: topP, topK: topK) }

    /// Throws `TrainingError.knowledge` if this header, of the file at `path`, is not what is to be written there.
    func check(_ wanted: LogitsHeader, path: String) throws {
        guard self != wanted else { return }
        let what =
            vocabulary != wanted.vocabulary
            ? "is of a teacher with another vocabulary"
            : teacher != wanted.teacher ? "is of another teacher" : "keeps top-p \(topP) and top-k \(topK)"
        throw TrainingError(.knowledge, "\(path) is there already and \(what); give another `out`, or remove it")
    }
}

/// The tokens of a vocabulary as they are spelled, by which two vocabularies of the same size are told apart.
package struct TokenSpellings: Sendable, Equatable {
    /// By id; nil for an id without a token.
    private let spellings: [String?]

    package var count: Int { spellings.count }

    package init(_ tokenizer: Tokenizer, count: Int) {
        spellings = (0..<count).map { tokenizer.token(of: TokenID($0)) }
    }

    /// The bytes: for each id its number of bytes in UTF-8 as a little-endian UInt32, 2³² − 1 for no token, then these bytes.
    package var section: Data {
        spellings.reduce(into: Data()) { data, spelling in
            withUnsafeBytes(of: (spelling.map { UInt32($0.utf8.count) } ?? .max).littleEndian) { data.append(contentsOf: $0) }
            if let spelling { data.append(contentsOf: spelling.utf8) }
        }
    }

    /// Reads a section; nil if it does not hold `count` tokens.
    init?(section: UnsafeRawBufferPointer, count: Int) {
        var (spellings, place): ([String?], Int) = ([], 0)
        while spellings.count < count {
            guard section.count - place >= 4 else { return nil }
            let length = UInt32(littleEndian: section.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            place += 4
            guard length != .max else {
                spellings.append(nil)
                continue
            }
            guard section.count - place >= Int(length) else { return nil }
            spellings.append(String(decoding: section[place..<place + Int(length)], as: UTF8.self))
            place += Int(length)
        }
        guard place == section.count else { return nil }
        self.spellings = spellings
    }

    /// How another vocabulary differs from this one, in words for an error: the first token that does; nil if none does.
    ///
    /// Rows of a table behind its tokens count for nothing: models of one family are padded to different sizes.
    package func difference(to other: TokenSpellings) -> String? {
        func spelling(_ id: Int, _ all: [String?]) -> String? { id < all.count ? all[id] : nil }
        let ids = 0..<max(count, other.count)
        guard let id = ids.first(where: { spelling($0, spellings) != spelling($0, other.spellings) }) else { return nil }
        func word(_ spelling: String?) -> String { spelling.map { "\"\($0)\"" } ?? "no token" }
        return "its token \(id) is \(word(spelling(id, spellings))), the other's \(word(spelling(id, other.spellings)))"
    }
}
