import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Control text of chat formats that servers leave in answers.
@Suite struct ControlTextTests {
    /// The completion that every dialect reads in an answer with this text, whole and streamed; they agree.
    private func completions(_ text: String) throws -> [(name: String, Completion)] {
        let quoted = JSONValue.string(text).canonical.dropFirst().dropLast()
        return try DialectShapes.all.flatMap { shapes in
            let stream = try #require(DialectStreamShapes.all.first { $0.name == shapes.name })
            // The streams bring their text in two pieces; here the second is all of it.
            let events = stream.events.map {
                $0.replacing("\"Bec\"", with: "\"\"").replacing("\"ause.\"", with: "\"\(quoted)\"").replacing(
                    "\"Because.\"", with: "\"\(quoted)\"")
            }
            let bodies = [("whole", shapes.answer.replacing("Because.", with: quoted)), ("streamed", stream.body(events))]
            return try bodies.map { how, body in
                guard case .completion(let completion) = shapes.dialect().read(status: 200, body: Data(body.utf8)) else {
                    throw TeacherError(.exhausted, "\(shapes.name): \(body)")
                }
                return ("\(shapes.name), \(how)", completion)
            }
        }
    }

    @Test(arguments: [
        ("Fine.<|im_end|>", "<|im_end|>"), ("Fine.\n<|im_end|>\n", "<|im_end|>"), ("Fine.<|eot_id|>", "<|eot_id|>"), ("Fine.</s>", "</s>"),
        ("<s>Fine.</s>", "<s> </s>"), ("<s> Fine.", "<s>"), ("Fine.<end_of_turn>", "<end_of_turn>"),
        ("Fine.<|endoftext|>", "<|endoftext|>"),
        ("Fine.<｜end▁of▁sentence｜>", "<｜end▁of▁sentence｜>"), ("Fine.<|END_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"),
        ("<|im_start|>assistant\nFine.<|im_end|>", "<|im_start|>assistant <|im_end|>"),
        (
            "<|start_header_id|>assistant<|end_header_id|>\n\nFine.<|eot_id|>",
            "<|start_header_id|>assistant <|end_header_id|> <|eot_id|>"
        ),
        ("<start_of_turn>model\nFine.<end_of_turn>\n<eos>", "<start_of_turn>model <end_of_turn> <eos>"),
        ("assistant\n\nFine.", "assistant"),
        ("<|assistant|>\nFine.<|user|>", "<|assistant|> <|user|>"), ("[/INST] Fine.</s>", "[/INST] </s>"),
        ("model\nFine.", "model"), ("model\n\nFine.<end_of_turn>", "model <end_of_turn>"),
        ("<answer>Fine.</answer>", "<answer> </answer>"), ("<Answer>\nFine.\n</Answer>\n", "<answer> </answer>"),
        ("<answer>Fine.</answer><|im_end|>", "<|im_end|> <answer> </answer>"),
        ("[|assistant|]Fine.[|endofturn|]", "[|assistant|] [|endofturn|]"),
        ("<seed:bos>assistant\nFine.<seed:eos>", "<seed:bos>assistant <seed:eos>"),
        ("]~b]ai\nFine.[e~[", "]~b]ai [e~["), ("[gMASK]<sop>Fine.", "[gMASK] <sop>"), ("Fine.[UNUSED_TOKEN_145]", "[UNUSED_TOKEN_145]"),
        ("<role>ASSISTANT</role>Fine.<|role_end|>", "<role>ASSISTANT</role> <|role_end|>"), ("Fine.<eoa>", "<eoa>"),
        ("<extra_id_1>Assistant\nFine.", "<extra_id_1>Assistant"), ("Fine.<SPECIAL_12>", "<SPECIAL_12>"), ("Fine.<EOS>", "<EOS>"),
        ("Fine.</S>", "</S>"), ("Fine.<unk>", "<unk>"), ("Fine.<|im_end|", "<|im_end|"), ("Fine.<|eot_id", "<|eot_id"),
    ])
    func itIsCutOffTheEdgesAndTold(text: String, cut: String) throws {
        for (name, completion) in try completions(text) {
            #expect(completion.text == "Fine." && completion.finishReason == .stop, "\(name)")
            #expect(completion.cut == cut, "\(name)")
        }
    }

    @Test(arguments: [
        ("Fine.<|im_end|>\n<|im_start|>user\nAnd then?", "<|im_end|>"),
        ("Fine.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nMore", "<|eot_id|>"),
        ("Fine. <end_of_turn> <start_of_turn>user Why?", "<end_of_turn>"), ("Fine.[INST] Why? [/INST] So.", "[INST]"),
        ("Four.<think>2+2</think>", "<think>"), ("Four. <think>2+2</think>", "<think>"),
        ("Let me see.\n<think>2+2</think>\nFour.", "<think>"),
        ("Four.\n<think>so", "<think>"), ("<think>2+2</think>Four.\n<think>or five</think>", "<think>"), ("Four.\n[THINK]2+2", "[THINK]"),
        ("Four.<|thinking|>2+2<|/thinking|>", "<|thinking|>"), ("Four.\n<THINKING>2+2</THINKING>", "<thinking>"),
        ("analysisWe add.assistantfinalFour.assistantanalysisOr five?", "assistantanalysis"),
    ])
    func insideItIsNoAnswer(text: String, mark: String) throws {
        for (name, completion) in try completions(text) {
            #expect(completion.finishReason == .other && completion.ending == "control text \(mark) in the middle", "\(name)")
        }
    }

    @Test(arguments: [
        ("<tool_call>\n{\"name\": \"f\"}\n</tool_call>", "<tool_call>"), ("I look it up.\n<tool_call>{}</tool_call>", "<tool_call>"),
        ("I look it up. <function=f>{}</function>", "<function="), ("[TOOL_CALLS][{\"name\": \"f\"}]", "[TOOL_CALLS]"),
        ("<|python_tag|>f.call(1)", "<|python_tag|>"), ("<｜tool▁calls▁begin｜>x", "<｜tool▁calls▁begin｜>"),
        ("<|tool_calls_section_begin|>x<|tool_calls_section_end|>", "<|tool_calls_section_begin|>"),
        ("<function_calls>\n<invoke name=\"f\">\n</invoke>", "<function_calls>"), ("functools[{\"name\": \"f\"}]", "functools["),
        ("<|START_ACTION|>[]<|END_ACTION|>", "<|START_ACTION|>"), ("```tool_code\nf(1)\n```", "```tool_code"),
        ("<|im_start|>assistant\n<tool_call>{}</tool_call><|im_end|>", "<tool_call>"),
    ])
    func aCallSpeltAsTextIsNoAnswer(text: String, mark: String) throws {
        for (name, completion) in try completions(text) {
            #expect(completion.finishReason == .other && completion.ending == "a tool call spelt as text, \(mark)", "\(name)")
        }
    }

    @Test(arguments: [
        "Write `<tool_call>` before it.", "It wraps calls in <tool_call> marks.", "Like this:\n```xml\n<tool_call>{}</tool_call>\n```\nSo.",
        "import functools\nfunctools.reduce(f, x)", "model: hello", "A model\nhelps.", "models\nhelp", "Use \"<think>\" for it.",
        "<answer>a</answer> or <answer>b</answer>", "The assistant analysis is final.", "analysis: fine", "commentary\nis free",
        "Fine.", " Fine. ", "a < b and c > d", "if (a <b) { x[0] }", "<b>bold</b>", "<s>old</s> new", "It was <s>old</s>", "assistant",
        "assistant: hello", "An assistant\nhelps.", "f <| x |> g", "[1] Smith, [2] Jones]", "<p>", "a [link](x)", "vec![0; 4]",
    ])
    func otherTextIsLeftAlone(text: String) throws {
        for (name, completion) in try completions(text) {
            #expect(completion.text == text && completion.finishReason == .stop && completion.cut == nil, "\(name)")
        }
    }

    private func chat(_ message: String) throws -> Completion {
        let body = "{\"choices\":[{\"message\":\(message),\"finish_reason\":\"stop\"}]}"
        guard case .completion(let completion) = OpenAIChatDialect(model: "m").read(status: 200, body: Data(body.utf8)) else {
            throw TeacherError(.exhausted, body)
        }
        return completion
    }

    @Test func aLoneEndOfThinkingBesideThinkingIsNotLearnt() throws {
        func beside(_ content: String) throws -> Completion { try chat("{\"content\":\(content),\"reasoning_content\":\"hm\"}") }
        for content in [#""</think>\n\nFine.""#, #""</think>Fine.""#, #""so\n</think>\n\nFine.""#, #""</THINK>\nFine.""#] {
            #expect(try beside(content).text == "Fine.", "\(content)")
        }
        for content in [#""Fine.</think>""#, #""close it by </think>""#, #""so</think>Fine.""#] {
            let completion = try beside(content)
            #expect(completion.finishReason == .other && completion.ending == "control text </think> in the middle", "\(content)")
        }
        for content in [#""close it by `</think>`""#, #""<b>x</b> holds <think>y</think> inside""#] {
            #expect(try beside(content).finishReason == .stop, "\(content)")
        }
    }

    @Test(arguments: [
        "<THINK>2+2</THINK>Four.", "<Think>2+2</think>\n\nFour.",
        "<|begin_of_thought|>2+2<|end_of_thought|>\n\n<|begin_of_solution|>Four.<|end_of_solution|>",
        "<|im_start|>assistant\n<think>2+2</think>Four.<|im_end|>", "assistant\n\n<think>2+2</think>\nFour.",
        "<|thinking|>2+2<|/thinking|>Four.", "<|think|>2+2<|/think|>\nFour.", "2+2<|/thinking|>\nFour.", "model\n<think>2+2</think>Four.",
        "<|START_THINKING|>2+2<|END_THINKING|><|START_RESPONSE|>Four.<|END_RESPONSE|>", "<|inner_prefix|>2+2<|inner_suffix|>Four.",
        "analysis 2+2assistantfinalFour.", "analysisso 2+2 assistantfinalFour.", "assistantanalysis2+2assistantfinalFour.",
        "commentary2+2assistantfinalFour.",
    ])
    func thinkingIsTakenOutOfControlText(text: String) throws {
        for (name, completion) in try completions(text) {
            #expect(completion.text == "Four.", "\(name)")
            #expect(completion.reasoning?.hasSuffix("2+2") == true, "\(name)")
        }
    }

    /// Each of these took minutes where a search began anew for every mark.
    @Test(arguments: [
        "<|channel|>analysis<|message|>", "<|channel|>final<|message|>", "<|start|>assistant", "<|message|>", "<think></think>", "<think>",
        "</think>", "<|im_end|>", "</s>", "<s>", "<s></s>", "<", "[", "[/INST]", "<|", "assistant\n", "analysisA", "◁",
        "<|begin_of_thought|>",
        "\\", "<reasoning></reasoning><thought>", "functools", "assistant", "assistantfinal", "`<tool_call>", "```tool_", "a <tool_call>",
        "<answer>", "<answer></answer>", "model\n", "<｜", "x<think",
    ])
    func anyTextIsReadInTimeThatGrowsWithItsLength(piece: String) throws {
        let pieces = String(repeating: piece, count: (1 << 18) / piece.utf8.count)
        // From the beginning they are cut off the head, behind a letter off the tail.
        for text in [pieces, "a" + pieces] {
            let body = "{\"choices\":[{\"message\":{\"content\":\(JSONValue.string(text).canonical)},\"finish_reason\":\"stop\"}]}"
            let seconds = processorSeconds { _ = OpenAIChatDialect(model: "m").read(status: 200, body: Data(body.utf8)) }
            // A quarter of a megabyte, at hundreds of nanoseconds a byte.
            #expect(seconds < 5, "\(piece)")
        }
    }
}
