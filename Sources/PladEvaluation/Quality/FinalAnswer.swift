import Foundation
import PladRecords

/// Finds the final answer in a text, and compares answers by meaning: 1,200.0 is 1200, "(b)" is B.
package struct FinalAnswer: Sendable {
    /// Pattern of the text after the last "Answer:" on its line.
    package static let usualPattern = #"(?i)\banswer\s*(?:is\b)?\s*:?[ \t]*([^\n]+)"#

    // A regular expression is a value; only its type does not say so.
    private struct Pattern: @unchecked Sendable { let regex: Regex<AnyRegexOutput> }
    private let pattern: Pattern

    /// - Parameter pattern: a regular expression; the answer is the first group of its last match, or the whole match if it has no
    ///   group.
    ///
    /// Throws `RecordError.malformed` for an invalid regular expression.
    package init(_ pattern: String = Self.usualPattern) throws {
        do {
            self.pattern = Pattern(regex: try Regex(pattern))
        } catch {
            throw RecordError(.malformed, "task.yaml: answer: \(pattern) is not a regular expression: \(error)")
        }
    }

    /// The answer as the text spells it; nil if there is none.
    package func find(in text: String) -> String? {
        guard let match = text.matches(of: pattern.regex).last else { return nil }
        let found = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
        let answer = (found ?? "").trimmingCharacters(in: .whitespaces)
        return answer.isEmpty ? nil : answer
    }

    /// True if two spellings give the same answer.
    ///
    /// If `expected` is a number, it is compared with the first number in `given`, ignoring units and thousands' commas; if it is a
    /// letter, with the first letter that stands alone; else the texts are compared without case and surrounding quotes, brackets and
    /// full stops.
    package static func isSame(_ given: String, _ expected: String) -> Bool {
        if let wanted = number(expected) { return firstNumber(in: given).map { abs($0 - wanted) <= 1e-9 * max(1, abs(wanted)) } ?? false }
        let (mine, theirs) = (plain(given), plain(expected))
        if mine == theirs { return true }
        guard theirs.count == 1, theirs.first?.isLetter == true else { return false }
        return given.split { !$0.isLetter && !$0.isNumber }.first.map { $0.lowercased() == theirs } ?? false
    }

    /// The canonical spelling of an answer, which equal answers share.
    static func canonical(_ text: String) -> String { number(text).map { String($0) } ?? plain(text) }

    private static func plain(_ text: String) -> String {
        text.trimmingCharacters(in: CharacterSet(charactersIn: "\"'`*()[]{}$.,;:").union(.whitespacesAndNewlines)).lowercased()
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func number(_ text: String) -> Double? {
        let digits = plain(text).filter { $0 != "," }
        guard digits.first.map({ $0.isNumber || $0 == "-" || $0 == "+" }) == true, let value = Double(digits), value.isFinite else {
            return nil
        }
        return value
    }

    private static func firstNumber(in text: String) -> Double? {
        text.firstMatch(of: /[-+]?\d[\d,]*(?:\.\d+)?/).flatMap { Double($0.output.filter { $0 != "," }) }
    }
}
