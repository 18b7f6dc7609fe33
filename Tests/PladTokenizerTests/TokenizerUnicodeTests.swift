import Foundation
import PladTokenizer
import Testing

struct TokenizerUnicodeTests {
    /// Random strings with what Hugging Face makes of them, as make_normalization_data.py recorded it.
    private static let forms = try! JSONDecoder().decode(
        [[String]].self, from: Data(contentsOf: TokenizerFixtures.folder.appendingPathComponent("normal-forms.json")))

    @Test(arguments: zip(NormalizationForm.allCases, [1, 2, 3, 4]))
    func normalFormsAreThoseOfTheReference(form: NormalizationForm, column: Int) {
        for row in Self.forms {
            #expect(Array(form.normalized(row[0]).utf8) == Array(row[column].utf8), "\(row[0].unicodeScalars.map(\.value))")
        }
    }

    @Test func normalizingManyMarksTakesNoQuadraticTime() {
        let marks = "e" + String(repeating: "\u{301}\u{323}", count: 100_000)
        let started = ContinuousClock.now
        let normalized = NormalizationForm.composed.normalized(marks)
        #expect(normalized.unicodeScalars.first == "\u{1EB9}")
        // A quadratic sort would take minutes.
        #expect(ContinuousClock.now - started < .seconds(30))
    }
}
