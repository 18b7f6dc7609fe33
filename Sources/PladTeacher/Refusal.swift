/// Detects completions that refuse the request, by their first sentence rather than by words anywhere in them.
///
/// A refusal opens with a sentence in which the model says of itself that it cannot or will not do what was asked ("I'm sorry, but I
/// can't help with that."), perhaps after an apology. An apology alone does not count, nor a sentence about somebody else, nor one that
/// only starts alike ("I can't wait to hear from you."): those are valid completions in many tasks.
package enum Refusal {
    private static let apologies = [
        "i'm sorry, but ", "i'm sorry but ", "i am sorry, but ", "i am sorry but ", "i'm sorry. ", "i'm sorry, ", "i am sorry, ",
        "sorry, but ", "sorry but ", "sorry, ", "i apologize, but ", "i apologise, but ", "unfortunately, ", "my apologies, but ",
        "i apologize for any inconvenience, but ",
    ]
    private static let speakers = ["as an ai language model, ", "as an ai assistant, ", "as an ai, ", "as a language model, "]
    private static let inabilities = [
        "i can't ", "i cannot ", "i can not ", "i'm unable to ", "i am unable to ", "i'm not able to ", "i am not able to ", "i won't ",
        "i will not ", "i must decline to ", "i have to decline to ", "i'm not comfortable ", "i am not comfortable ",
    ]
    /// Verbs that are declined, after an inability: a completion may start with "I can't believe it".
    private static let deeds = [
        "help", "assist", "comply", "provide", "fulfill", "fulfil", "answer", "do that", "do this", "create", "generate", "write",
        "produce", "share", "give", "discuss", "engage", "continue", "support", "offer", "participate", "respond", "complete",
        "process", "facilitate", "creating", "generating", "writing", "providing", "with that", "with this",
    ]
    /// Objects which show that the request is declined rather than a deed in a story: "I can't write poetry the way I used to."
    private static let objects = [
        "", "with", "that", "this", "your", "any", "you with", "to", "to that", "to this", "instructions", "such", "information", "content",
        "it", "these", "those",
    ]

    /// The opening that makes the text a refusal, quoted from it; nil for other text.
    package static func verdict(on text: String) -> String? {
        let start = text.drop { $0.isWhitespace || $0 == "*" }
        // Most completions end here, and there are many. A quotation is somebody else's sentence.
        guard let first = start.utf8.first, "iIsSuUaAmM".utf8.contains(first) else { return nil }
        var rest = Substring(String(start.prefix(400).map { $0 == "\u{2019}" ? "'" : $0 }).lowercased())
        let sentence = rest.prefix { $0 != "." && $0 != "!" && $0 != "\n" }
        func drop(_ choices: [String]) -> Bool {
            guard let found = choices.first(where: rest.hasPrefix) else { return false }
            rest = rest.dropFirst(found.count)
            return true
        }
        let isSorry = drop(apologies)
        let isMachine = drop(speakers)
        _ = drop(apologies)
        guard drop(inabilities) else { return nil }
        for adverb in ["really ", "directly ", "in good conscience ", "be able to "] { _ = drop([adverb]) }
        guard isMachine || drop(deeds) else { return nil }
        guard isMachine || isSorry || declinesRequest(rest) else { return nil }
        return String(start.prefix(min(sentence.count, 120)))
    }

    /// True if the rest after the verb is the request, up to the end of a sentence that says no more.
    private static func declinesRequest(_ rest: Substring) -> Bool {
        let words = rest.prefix { $0 != "." && $0 != "!" && $0 != "\n" && $0 != "," }.split(separator: " ")
        return objects.contains { object in words.starts(with: object.split(separator: " ")) && (object != "" || words.isEmpty) }
    }
}
