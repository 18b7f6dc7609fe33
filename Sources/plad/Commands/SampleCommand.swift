import ArgumentParser
import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTokenizer

struct SampleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Sample a student's completions of prompts, or draw a run's samples.",
        discussion: """
            With --run, and then no other flag, draws the samples of the run's next round by its own settings. Otherwise it \
            prints a JSON line {"id","sample","text","ids",\
            "finish_reason","log_probability","prompt_ids"} for every sample. A prompt's text is continued as it stands; \
            messages go through the student's chat template; prompt_ids are used exactly as given.
            """)

    @Option(name: .customLong("run"), help: ArgumentHelp("A run's folder.", valueName: "run"))
    var path: String?

    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var student: String?

    @Option(
        help: ArgumentHelp(
            "JSON lines with \"prompt\", \"messages\" or \"prompt_ids\", plain text with one prompt a line, or - for standard input.",
            valueName: "file"))
    var prompts = "-"

    @OptionGroup var sampling: RunSamplingOptions

    @Option(help: "The largest number of tokens in a sample.")
    var maxTokens = 256

    @Option(help: ArgumentHelp("A text that ends a sample; may be repeated.", valueName: "text"))
    var stop: [String] = []

    @Option(help: "The seed of every random stream.")
    var seed: UInt64 = 0

    @Option(help: "Weights for each new token: float32, or int8 for less memory traffic at some loss of precision.")
    var weights = DecodeWeights.float32

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    func validate() throws {
        guard sampling.samples > 0 else { throw ValidationError("--samples \(sampling.samples): draw at least one") }
        guard sampling.temperature >= 0 else {
            throw ValidationError("--temperature \(sampling.temperature): give 0 (the most likely token) or more")
        }
        guard sampling.topP > 0, sampling.topP <= 1 else {
            throw ValidationError("--top-p \(sampling.topP): give a probability above 0, at most 1")
        }
        guard maxTokens > 0 else { throw ValidationError("--max-tokens \(maxTokens): give at least 1") }
    }

    func run() async throws {
        if let path {
            try GivenFlags().check("--run", uses: ["run"], "a run's samples are drawn as its own settings say")
            let run = try Run(in: path).locked()
            return try await CancellableWork.run { try SampleStage(run: run, round: run.nextRound)() }
        }
        try sampleFile()
    }

    private func sampleFile() throws {
        let model = try Student(location: student, threads: threads)
        let lines = try read(model.tokenizer)
        let parameters = sampling.settings.parameters(maxTokens: maxTokens, stop: stop)
        let requests = lines.map { line in
            DecodeRequest(
                prompt: line.ids, parameters: parameters,
                streams: (0..<sampling.samples).map { SeededGenerator(seed: seed, "sample", line.id, String($0)) })
        }
        var progress = Progress("sample", of: lines.count * sampling.samples, "samples")
        let drawn = try model.sample(requests, slots: SampleStage.slots, weights: weights) { finished, _ in
            progress.update(finished)
            try Interruption.check()
        }
        for (line, samples) in zip(lines, drawn) {
            for (index, sample) in samples.enumerated() {
                try Console.result(
                    line: SampleLine(
                        id: line.id, sample: index, text: sample.text, ids: sample.ids, finishReason: sample.finishReason,
                        logProbability: sample.logProbability, promptIDs: line.ids))
            }
        }
        progress.update(lines.count * sampling.samples)
        progress.finish()
    }

    private func read(_ tokenizer: Tokenizer) throws -> [(id: String, ids: [TokenID])] {
        let (data, name) = try Input.read(prompts)
        try Input.refuseEmpty(data, of: name, give: "a prompt a line")
        guard Input.isJSON(data) else {
            return try PromptSource.parse(data, name: name).map { ($0.id, tokenizer.encodePrompt($0.text ?? "")) }
        }
        return try JSONLines.parse(PromptLine.self, data, name: name, isWritten: true).enumerated().map { index, line in
            let id = line.id ?? "line-\(index + 1)"
            if let ids = line.promptIDs { return (id, ids) }
            if let text = line.prompt { return (id, tokenizer.encodePrompt(text)) }
            guard let messages = line.messages else {
                throw RecordError(.malformed, "\(name): \(id) has none of \"prompt\", \"messages\" and \"prompt_ids\"; give one of them")
            }
            guard let last = messages.last else {
                throw RecordError(.malformed, "\(name): the \"messages\" of \(id) are empty; give at least one")
            }
            guard last.role != "assistant" else {
                throw RecordError(
                    .malformed,
                    "\(name): the \"messages\" of \(id) end in an assistant's turn, which the student is to write; leave that turn out, or give the whole text so far as \"prompt\" to have it continued"
                )
            }
            return (id, try PromptWording(TaskDefinition()).student(Prompt(id: id, messages: messages), tokenizer).ids)
        }
    }
}

/// A line of input: a prompt to continue.
private struct PromptLine: Decodable {
    var id: String?
    var prompt: String?
    var messages: [Message]?
    var promptIDs: [TokenID]?

    private enum CodingKeys: String, CodingKey {
        case id, prompt, messages, promptIDs
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decodeID(forKey: .id)
        prompt = try container.decodeIfPresent(String.self, forKey: .prompt)
        messages = try container.decodeIfPresent([Message].self, forKey: .messages)
        promptIDs = try container.decodeIfPresent([TokenID].self, forKey: .promptIDs)
    }
}

/// A line of output of `plad sample`.
private struct SampleLine: Encodable {
    var id: String
    var sample: Int
    var text: String
    var ids: [TokenID]
    var finishReason: FinishReason
    var logProbability: Float
    var promptIDs: [TokenID]
}
