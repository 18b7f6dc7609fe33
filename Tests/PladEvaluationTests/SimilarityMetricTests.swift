import Foundation
import PladEvaluation
import PladRecords
import Testing

/// What becomes of the measures where ROUGE cannot read the script.
@Suite struct SimilarityMetricTests {
    private let bootstrap = Bootstrap(seed: 7, resamples: 200)
    private static let references = ["包裹星期一已经寄出", "请再发一次发票"]

    private func student(_ name: String, _ answers: [String], samples: [ScoredSample] = []) throws -> StudentMeasurements {
        try StudentMeasurements(
            name: name,
            prompts: zip(Self.references, answers).enumerated().map { index, texts in
                HeldOutMeasurement(
                    id: "\(index)", prompt: "p", teacherText: texts.0, teacherLogProbabilities: [-1], answer: texts.1, answerTokens: 1,
                    samples: samples)
            })
    }

    @Test(
        arguments: [
            ([], 1.0), (["!? 🙏"], 1.0), (["ab中文"], 0.5), (["ab", "中文字"], 0.4), (["Привет 42"], 0.25), (["٣"], 0.0), (["Café"], 0.75),
        ] as [([String], Double)]) func lettersThatROUGEReadsAreCounted(texts: [String], share: Double)
    {
        #expect(Rouge.readableShare(of: texts) == share)
        #expect(SimilarityMetric(toTexts: texts) == (share < 0.5 ? .chrF : .rougeL))
    }

    @Test func chrFStandsInForROUGEWhereThatReadsNothing() throws {
        let (first, second) = (
            try student("first", ["包裹星期二寄出", "请发票"]),
            try student(
                "second", ["包裹已经", "再来一次"],
                samples: [
                    ScoredSample(text: "包裹星期二寄出", logProbability: -1, tokens: 1), ScoredSample(text: "包", logProbability: -2, tokens: 1),
                ])
        )
        let evaluation = try Evaluation(of: [first, second], bootstrap: bootstrap)
        #expect(evaluation.rougeReads == 0 && evaluation.likeness == .chrF)
        #expect(evaluation.students.map(\.rougeL.mean) == [0, 0])
        // sacrebleu 2.6.0, corpus_score of both answers and sentence_score of each.
        let expected = [0.216669158948185, 0.18210268505079824]
        for (student, score) in zip(evaluation.students, expected) { #expect(abs(student.chrF!.mean - score) < 1e-12) }
        #expect(abs(evaluation.examples[1].chrF![0] - 0.22563176895306857) < 1e-12)
        let difference = evaluation.differences[0]
        #expect(abs(difference.chrF!.mean - (expected[1] - expected[0])) < 1e-12)
        #expect(difference.chrF!.low < difference.chrF!.mean && difference.chrF!.high < 0, "each resample has the first student ahead")
        #expect(difference.winRate?.mean == 0)
        #expect(try ScoreJudge.metric(.chrF).compare(second, with: first).map(\.score) == [0, 0])
        #expect(evaluation.students[1].more?.kendall?.mean == 1, "the likelier sample is the better one for the first prompt")
        #expect(evaluation.students[1].likelihoodQuality?.bins.contains { $0.quality > 0 } == true)
    }

    @Test func latinTextsAreHeldTogetherByROUGEAsBefore() throws {
        let prompt = HeldOutMeasurement(
            id: "1", prompt: "p", teacherText: "a b c d", teacherLogProbabilities: [-1], answer: "a b", answerTokens: 2)
        // One is closer by words, the other by characters.
        var other = prompt
        other.answer = "abcd"
        let evaluation = try Evaluation(
            of: [StudentMeasurements(name: "words", prompts: [prompt]), StudentMeasurements(name: "characters", prompts: [other])],
            bootstrap: bootstrap)
        #expect(evaluation.likeness == .rougeL && evaluation.differences[0].winRate?.mean == 0)
        #expect(evaluation.differences[0].chrF!.mean > 0)
    }

    @Test func aRecordWithoutChrFIsReadAndShowsNone() throws {
        let evaluation = try Evaluation(of: [student("a", ["x", "y"])], bootstrap: bootstrap)
        var text = String(decoding: try evaluation.jsonLine(), as: UTF8.self)
        // As records were before: none of the new keys.
        text.replace(/"(chrf|chrf_spread)":(\{[^}]*\}|\[[^\]]*\]),?|"rouge_reads":[^,}]*,?/, with: "")
        text.replace(",}", with: "}")
        #expect(!text.contains("chrf") && !text.contains("rouge_reads"))
        let old = try JSONLines.parse(Evaluation.self, Data(text.utf8), name: "old")
        #expect(old[0].students[0].chrF == nil && old[0].likeness == .rougeL && old[0].examples.count == 2)
    }
}
