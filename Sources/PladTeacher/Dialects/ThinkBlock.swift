/// Thinking that a model writes inline, before its answer, between `<think>` (or `<thinking>`) and its end tag.
package enum ThinkBlock {
    /// Takes a block at the start of the text apart from the answer.
    ///
    /// Chat templates that open the block themselves leave the start tag out of the answer: then everything before
    /// `</think>` is reasoning. A block that never ends is all reasoning: the answer did not come. Text without a
    /// block is returned as it is.
    package static func split(_ text: String) -> (text: String, reasoning: String?) {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return (text, nil) }
        let body = text.drop(while: \.isWhitespace)
        for tag in ["think", "thinking"] where body.hasPrefix("<\(tag)>") {
            let inside = body.dropFirst(tag.count + 2)
            guard let end = inside.firstRange(of: "</\(tag)>") else { return ("", trimmed(inside)) }
            return (answer(after: end, in: inside), trimmed(inside[..<end.lowerBound]))
        }
        guard let end = text.firstRange(of: "</think>") else { return (text, nil) }
        return (answer(after: end, in: text[...]), trimmed(text[..<end.lowerBound]))
    }

    private static func answer(after end: Range<String.Index>, in text: Substring) -> String {
        String(text[end.upperBound...].drop(while: \.isWhitespace))
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)])
    }
}
