import PladTeacher
import Testing

@Suite struct ThinkBlockTests {
    @Test(arguments: [
        "<think>2+2</think>\n\n4", " <think>\n2+2\n</think>4", "<thinking>2+2</thinking>4", "<thought>2+2</thought>4",
        "<reasoning>2+2</reasoning>\n4", "<seed:think>2+2</seed:think>4", "[THINK]2+2[/THINK]4", "◁think▷2+2◁/think▷4",
        "2+2\n</think>\n4", "2+2[/THINK]4", "<think>\n2+2\n</think>\n<answer>\n4\n</answer>",
        "Here is my thought process:\n2+2\nHere is my response: 4",
        "<|channel|>analysis<|message|>2+2<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>",
        "<|start|>assistant<|channel|>analysis<|message|>2+2<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>4",
        "analysis<|message|>2+2<|end|><|start|>assistant<|channel|>final<|message|>4",
    ])
    func everySpellingIsTakenApart(text: String) {
        #expect(ThinkBlock.split(text) == ThinkBlock(text: "4", reasoning: "2+2"))
    }

    @Test(arguments: [
        "<think>so", "<reasoning>so\n", "[THINK] so", "◁think▷so", "<|channel|>analysis<|message|>so", "<seed:think>so",
        "<|channel|>analysis<|message|>so<|end|><|start|>assistant<|channel|>",
    ])
    func whatNeverEndsIsAllThinking(text: String) {
        #expect(ThinkBlock.split(text) == ThinkBlock(text: "", reasoning: "so", isOpen: true))
    }

    @Test func blocksThatFollowEachOtherAreAllTaken() {
        #expect(ThinkBlock.split("<think>a</think>\n<think>b</think> c") == ThinkBlock(text: "c", reasoning: "a\nb"))
        let calls = "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary to=f<|message|>{}<|call|>"
        #expect(ThinkBlock.split(calls + "<|start|>assistant<|channel|>final<|message|>c") == ThinkBlock(text: "c", reasoning: "a\n{}"))
    }

    @Test func channelsAreKnownWithoutTheirMarks() {
        #expect(ThinkBlock.split("analysisWe add.assistantfinalFour.") == ThinkBlock(text: "Four.", reasoning: "We add."))
        #expect(ThinkBlock.split("analysisWe add") == ThinkBlock(text: "", reasoning: "We add", isOpen: true))
    }

    @Test(arguments: [
        " plain ", "a <thinking>b", "an empty block: <think></think> is", "analysis of the text", "Analysis: fine", "", "<thin>a</thin>",
        "</reasoning> is an end tag", "<answer>4</answer>",
    ])
    func textWithoutThinkingIsLeftAlone(text: String) {
        #expect(ThinkBlock.split(text, afterOpening: false) == ThinkBlock(text: text))
    }

    /// The chat template has written the start.
    @Test(arguments: ["</think>", "</thinking>", "</thought>", "</reasoning>", "<channel|>"])
    func aLoneEndEndsTheThinkingBeforeIt(end: String) {
        #expect(ThinkBlock.split("hm, let me see\(end)Fine.") == ThinkBlock(text: "Fine.", reasoning: "hm, let me see"))
        #expect(ThinkBlock.split("hm.\n\(end)\n\nFine.") == ThinkBlock(text: "Fine.", reasoning: "hm."))
    }

    @Test(arguments: ["Close it with </thinking> here.", "`</thought>` ends it", "</reasoning> is an end tag"])
    func aTextMaySpeakOfAnEnd(text: String) {
        #expect(ThinkBlock.split(text) == ThinkBlock(text: text))
    }

    @Test func aThoughtOfGemma4IsTakenOut() {
        #expect(ThinkBlock.split("<|channel>thought\nhm<channel|>Fine.") == ThinkBlock(text: "Fine.", reasoning: "hm"))
    }

    @Test func anEmptyBlockIsNoReasoning() {
        #expect(ThinkBlock.split("<think>\n\n</think>\n\n4") == ThinkBlock(text: "4"))
    }
}
