import Foundation
import PladDistill
import PladRecords
import PladStudent
import PladTeacher
import PladTraining
import Testing

/// Settings keep what they are given, say what is wrong by path, and open what older versions wrote.
struct DistillSettingsTests {
    /// Every setting another than by default.
    private var changed: DistillSettings {
        var settings = DistillSettings()
        (settings.teacher.remote, settings.teacher.model, settings.teacher.id) = ("https://api.example.com/v1", "m", "teacher-1")
        settings.teacher.extra = ["reasoning_effort": "low", "seed": .null, "limits": ["tokens": 5]]
        (settings.teacher.price, settings.teacher.budget) = (.init(input: 0.15, output: 0.6), 5)
        (settings.teacher.stop, settings.teacher.streaming) = (["\n", "END"], .always)
        (settings.prompts.source, settings.prompts.heldOutShare, settings.prompts.pairs) = ("Prompts/demo", 0.25, 100)
        (settings.student.model, settings.student.threads, settings.student.dtype) = ("org/name", 2, .bf16)
        (settings.warmUp.epochs, settings.warmUp.schedule) = (2, .wsd)
        (settings.sampling.samples, settings.sampling.topK) = (4, 40)
        (settings.pairing.negatives, settings.pairing.negativesFrom, settings.pairing.prefer) = (.mostLikely, .initial, .metric)
        (settings.ranking.loss, settings.ranking.beta, settings.ranking.norm, settings.ranking.onCollapse) = ("dpo", 0.2, .mean, .stop)
        (settings.optimiser.learningRate, settings.optimiser.batchSize) = (3e-4, 8)
        (settings.adapter.rank, settings.adapter.targets) = (8, ["q_proj", "v_proj"])
        (settings.evaluation.samples, settings.evaluation.judge.local) = (2, .model("judge"))
        (settings.run.folder, settings.run.seed) = ("runs/first", 7)
        return settings
    }

    @Test func settingsReadBackAsTheyWere() throws {
        for settings in [DistillSettings(), changed] {
            let json = try JSONValue(parsing: settings.jsonLine())
            #expect(try DistillSettings(reading: json) == settings)
            #expect(try JSONDecoder().decode(DistillSettings.self, from: settings.jsonLine()) == settings)
        }
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let settings = try DistillSettings(reading: ["ranking": ["margin": 2], "teacher": ["extra": ["a": 1]]])
        var expected = DistillSettings()
        expected.ranking.margin = 2
        expected.teacher.extra = ["a": 1]
        #expect(settings == expected)
    }

    @Test(
        arguments: [
            (["ranking": ["margn": 2]], "\"ranking.margn\" is not known"),
            (["rankings": ["margin": 2]], "\"rankings.margin\" is not known"),
            (["ranking": ["margin": "two"]], "\"ranking.margin\" is not a number"),
            (["pairing": ["negatives": "some"]], "pairing.negatives"),
        ] as [(JSONValue, String)])
    func whatIsNotKnownOrOfAnotherTypeIsRefusedByPath(json: JSONValue, part: String) throws {
        let error = try #require(throws: RecordError.self) { try DistillSettings(reading: json) }
        #expect(error.code == .malformed && error.message.contains(part), "\(error.message)")
    }

    private func problem(_ change: (inout DistillSettings) -> Void) throws -> SettingError {
        var settings = DistillSettings()
        change(&settings)
        return try #require(throws: SettingError.self) { try settings.validate() }
    }

    @Test func problemsAreSaidByPath() throws {
        #expect(try problem { $0.ranking.rounds = 0 } == SettingError(path: "ranking.rounds", problem: "0: give at least 1"))
        #expect(try problem { $0.sampling.topP = 0 }.path == "sampling.top_p")
        #expect(try problem { $0.teacher.concurrency = 0 }.path == "teacher.concurrency")
        #expect(try problem { $0.teacher.budget = .nan }.path == "teacher.budget")
        #expect(try problem { $0.prompts.heldOutShare = 1 }.path == "prompts.held_out_share")
        #expect(try problem { $0.run.checkpointSeconds = -1 }.path == "run.checkpoint_seconds")
        #expect(
            try problem { $0.adapter.alpha = 2 }.message
                == "`adapter.alpha` is given without `adapter.rank`: give the adapter's rank, such as 8")
        let both = try problem { ($0.teacher.replay, $0.teacher.refresh) = (true, true) }
        #expect(both.message == "`teacher.replay` and `teacher.refresh` exclude each other: give one")
        let similarity = try problem { ($0.pairing.minSimilarity, $0.pairing.maxSimilarity) = (0.6, 0.5) }
        #expect(similarity.path == "pairing.min_similarity" && similarity.problem.contains("`pairing.max_similarity` 0.5"))
        let batch = try problem { ($0.teacher.batch, $0.teacher.dialect, $0.teacher.model) = (true, "gemini", "m") }
        #expect(batch.message.hasPrefix("`teacher.batch`: gemini has no batches"))
        try changed.validate()
    }

    @Test func aSettingThatDecidesTheResultIsADifferenceAndOneThatDoesNotIsNone() throws {
        var other = changed
        (other.teacher.concurrency, other.teacher.cache, other.run.folder, other.evaluation.judge.model) = (1, "c", "elsewhere", "j")
        #expect(try changed.difference(from: other) == nil)
        other.ranking.beta = 0.3
        let difference = try #require(try changed.difference(from: other))
        #expect(difference.path == "ranking.beta" && difference.mine == 0.2 && difference.theirs == 0.3)
        other.ranking.beta = nil
        #expect(try changed.difference(from: other)?.theirs == nil)
    }

    /// A run.json of plad 0.1.0, as its binary wrote it.
    @Test func theFlatSettingsOfTheFirstVersionAreRead() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/old-run/interrupted")
        let settings = try Run(in: folder.path, observer: SilentObserver()).settings
        var expected = DistillSettings()
        (expected.teacher.model, expected.teacher.id, expected.teacher.dialect) = ("llama-untied-sp", "fixture", "openai-chat")
        (expected.teacher.keepTruncated, expected.teacher.replay, expected.teacher.maxTokens) = (true, true, 12)
        (expected.teacher.cache, expected.teacher.extra) = ("Tests/Fixtures/old-run/answers.sqlite", ["reasoning_effort": .null])
        (expected.student.model, expected.student.threads) = ("Tests/Fixtures/old-run/student", 1)
        (expected.prompts.source, expected.prompts.heldOutShare) = ("Tests/Fixtures/old-run/prompts.jsonl", 0.25)
        (expected.ranking.margin, expected.ranking.lambda, expected.ranking.norm, expected.ranking.epochs) = (1, 1, .sum, 60)
        expected.optimiser.batchSize = 4
        // What that version did and had no settings for.
        (expected.student.install, expected.pairing.minPairs) = (.last, 1)
        expected.evaluation.judge.local = .chrF
        (expected.run.folder, expected.run.seed, expected.run.checkpointSeconds) = ("Tests/Fixtures/old-run/interrupted", 5, 0)
        #expect(settings == expected)
    }
}
