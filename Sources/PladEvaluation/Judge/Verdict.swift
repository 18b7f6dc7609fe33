/// The verdict of a judge on two completions.
package enum Verdict: Sendable, Hashable {
    case first
    case second
    case tie

    /// Reads the verdict at the end of a judge's reply; nil if there is none.
    ///
    /// It accepts `Verdict: A` (also `**Verdict:** B`, `verdict - tie`), the last one if there are several; `[[A]]`, `[[B]]`, `[[C]]`;
    /// and a reply that is only one of the words.
    package init?(reply: String) {
        let named = reply.matches(of: /verdict[^A-Za-z0-9]{0,12}(a|b|tie)\b/.ignoresCase()).last.map { String($0.1) }
        let bracketed = reply.matches(of: /\[\[(a|b|c|tie)\]\]/.ignoresCase()).last.map { String($0.1) }
        let alone = reply.wholeMatch(of: /[^A-Za-z0-9]*(a|b|tie)[^A-Za-z0-9]*/.ignoresCase()).map { String($0.1) }
        switch (named ?? bracketed ?? alone)?.lowercased() {
        case "a": self = .first
        case "b": self = .second
        case "c", "tie": self = .tie
        default: return nil
        }
    }

    /// The score that the verdict gives the first completion.
    var scoreOfFirst: Double {
        switch self {
        case .first: 1
        case .second: 0
        case .tie: 0.5
        }
    }
}
