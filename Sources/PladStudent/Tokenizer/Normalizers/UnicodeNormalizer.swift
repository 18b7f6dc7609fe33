import Foundation

/// The four Unicode normalization forms (UAX #15).
struct UnicodeNormalizer: Normalizer {
    enum Form: String {
        case composed = "NFC"
        case decomposed = "NFD"
        case compatibilityComposed = "NFKC"
        case compatibilityDecomposed = "NFKD"
    }

    let form: Form
    /// Text below this code point is already in the form, whatever surrounds it.
    private let firstAffected: UInt8

    init(_ section: Section) throws {
        try section.only()
        form = Form(rawValue: try section.type())!
        // As lead bytes of UTF-8: U+0300 for NFC, U+00A0 (lead byte 0xC2) for the others.
        firstAffected = form == .composed ? 0xCC : 0xC2
    }

    func normalize(_ text: inout [UInt8], at place: TextPlace) {
        guard text.contains(where: { $0 >= firstAffected }) else { return }
        let string = String(decoding: text, as: UTF8.self)
        let normalized =
            switch form {
            case .composed: string.precomposedStringWithCanonicalMapping
            case .decomposed: string.decomposedStringWithCanonicalMapping
            case .compatibilityComposed: string.precomposedStringWithCompatibilityMapping
            case .compatibilityDecomposed: string.decomposedStringWithCompatibilityMapping
            }
        text = Array(normalized.utf8)
    }
}
