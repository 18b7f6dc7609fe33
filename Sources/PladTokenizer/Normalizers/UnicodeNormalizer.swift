/// Brings a text into one of the Unicode normalization forms.
struct UnicodeNormalizer: Normalizer {
    let form: NormalizationForm

    init(_ section: Section) throws {
        try section.only()
        form = NormalizationForm(rawValue: try section.type())!
    }

    func normalize(_ text: inout [UInt8], at place: TextPlace) {
        form.apply(to: &text)
    }
}
