/// Splits the raw text of gpt-oss, if a server returns it as the model wrote it: messages, each in a channel.
///
///     <|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…<|return|>
///
/// The completion is the text of the channel `final`; `analysis` and `commentary` are thinking and tool calls. Servers that drop
/// special tokens leave the channels' names: `analysis…assistantfinal…`.
///
/// Source: OpenAI, "harmony response format".
enum HarmonyText {
    private static let message = Mark("<|message|>")
    private static let channel = Mark("<|channel|>")
    /// Marks that start a header, or end a message.
    private static let ends = ["<|end|>", "<|return|>", "<|call|>", "<|start|>", "<|channel|>"].map { Mark($0) }
    private static let beginnings = ["<|channel|>", "<|start|>assistant", "analysis<|message|>", "final<|message|>"].map { Mark($0) }

    /// Splits a text in this format; nil for other text.
    static func split(_ text: String) -> ThinkBlock? {
        let bytes = Array(text.utf8)
        let body = bytes[...].withoutSpaceBefore
        return beginnings.contains { $0.begins(body) } ? messages(of: body) : bare(body)
    }

    /// Splits in one pass, so that no mark is searched for twice, whatever marks the text lacks.
    private static func messages(of text: ArraySlice<UInt8>) -> ThinkBlock {
        var (answer, thoughts): ([UInt8]?, [String]) = (nil, [])
        /// Start of the open header or message, and true if the message is one of `final`; nil in a header.
        var (start, isFinal): (Int, Bool?) = (text.startIndex, nil)
        func close(at end: Int) {
            guard let isFinal else { return }
            let content = text[start..<end]
            if isFinal { answer = (answer ?? []) + content } else { thoughts.append(content.trimmedText) }
        }
        var place = text.startIndex
        while place < text.endIndex {
            guard text[place] == UInt8(ascii: "<") else {
                place += 1
                continue
            }
            if isFinal == nil, message.begins(text[place...]) {
                isFinal = opensFinal(text[start..<place])
                start = place + message.count
                place = start
            } else if isFinal != nil, ends.contains(where: { $0.begins(text[place...]) }) {
                close(at: place)
                (start, isFinal) = (place, nil)
            } else {
                place += 1
            }
        }
        close(at: text.endIndex)
        thoughts.removeAll(where: \.isEmpty)
        let reasoning = thoughts.isEmpty ? nil : thoughts.joined(separator: "\n")
        return ThinkBlock(text: (answer ?? [])[...].text, reasoning: reasoning, isOpen: answer == nil)
    }

    /// True if a message's header, such as `<|start|>assistant<|channel|>final <|constrain|>json`, opens the channel `final`.
    private static func opensFinal(_ header: ArraySlice<UInt8>) -> Bool {
        let name = channel.firstRange(in: header).map { header[$0.upperBound...] } ?? header
        return Mark("final").begins(name)
    }

    /// Names of channels that a text without marks may start with; `final` is left out, since ordinary words start with it.
    private static let names = ["assistantanalysis", "assistantcommentary", "assistantfinal", "analysis", "commentary"]

    /// True if a text may be one without marks.
    static func mayBegin(_ text: Substring) -> Bool { names.contains(where: text.hasPrefix) }

    /// Splits a text without marks, `analysisWe need …assistantfinalThe answer`: the name runs into the first word, and ordinary text
    /// does not start like that. If the last channel is named, the format is certain, whatever follows the first name.
    private static func bare(_ text: ArraySlice<UInt8>) -> ThinkBlock? {
        let last = Mark("assistantfinal")
        if last.begins(text) { return ThinkBlock(text: text.dropFirst(last.count).text) }
        guard let name = names.first(where: { text.starts(with: $0.utf8) }) else { return nil }
        let inside = text.dropFirst(name.utf8.count)
        if let end = last.firstRange(in: inside) {
            return ThinkBlock(text: inside[end.upperBound...].text, reasoning: inside[..<end.lowerBound].trimmedText)
        }
        guard name != "commentary", inside.prefix(8).text.first?.isLetter == true else { return nil }
        return ThinkBlock(text: "", reasoning: inside.trimmedText, isOpen: true)
    }
}
