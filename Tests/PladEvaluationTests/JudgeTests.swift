import Foundation
import PladEvaluation
import PladRecords
import Testing

@Suite struct JudgeTests {
    private let bootstrap = Bootstrap(seed: 3, resamples: 300)

    @Test(arguments: [
        ("It is shorter.\nVerdict: A", Verdict.first), ("**Verdict:** B", .second), ("verdict - tie.", .tie), ("VERDICT: \"b\"", .second),
        ("First I thought Verdict: A, but no.\n\nVerdict: B", .second), ("[[A]]", .first), ("both good [[C]]", .tie), (" B. ", .second),
        ("Tie", .tie),
    ])
    func verdictsAreRead(reply: String, verdict: Verdict) {
        #expect(Verdict(reply: reply) == verdict)
    }

    @Test(arguments: ["", "A good question", "The verdict: both are fine", "Verdict: Answer", "I prefer answer A", "verdict: C"])
    func repliesWithoutVerdictAreMalformed(reply: String) {
        #expect(Verdict(reply: reply) == nil)
    }

    private func pair(_ first: Verdict?, _ second: Verdict?, _ length: Int = 10, _ baseline: Int = 10) -> JudgedPair {
        JudgedPair(studentFirst: first, studentSecond: second, studentLength: length, baselineLength: baseline)
    }

    @Test func bothOrdersMakeOneScore() {
        #expect(pair(.first, .second).score == 1)
        #expect(pair(.second, .first).score == 0)
        #expect(pair(.first, .first).score == 0.5 && pair(.first, .first).isFlipped)
        #expect(pair(.tie, .second).score == 0.75 && !pair(.tie, .second).isFlipped)
        #expect(pair(.tie, .tie).score == 0.5 && !pair(.tie, .tie).isFlipped)
        #expect(pair(nil, .second).score == nil)
    }

    @Test func ratesFlipsAndMalformedRepliesAreCountedApart() {
        let pairs = [pair(.first, .second), pair(.first, .second, 20), pair(.first, .first, 5), pair(.second, .first), pair(nil, .first)]
        let judgement = Judgement(of: pairs, student: "ranked", baseline: "warm-up", judge: "model", bootstrap: bootstrap)
        #expect(judgement.winRate.mean == 0.625 && judgement.winRate.count == 4)
        #expect(judgement.flipRate.mean == 0.25)
        #expect(judgement.malformed == 1)
        #expect(judgement.byLength.map(\.name) == ["shorter", "as long", "longer"])
        #expect(judgement.byLength.map(\.winRate.mean) == [0.5, 0.5, 1])
        #expect(judgement.byLength.map(\.winRate.count) == [1, 2, 1])
    }

    @Test func nothingJudgedHasNoRates() {
        let judgement = Judgement(of: [pair(nil, nil)], student: "a", baseline: "b", judge: "m", bootstrap: bootstrap)
        #expect(judgement.winRate.count == 0 && judgement.lengthControlledWinRate == nil && judgement.malformed == 1)
    }

    @Test func lengthControlTakesAwayWhatLengthWon() throws {
        // The judge prefers the longer answer alone, with probability sigmoid(3 tanh Δ/σ); the student is mostly longer.
        var generator = SeededGenerator(seed: 8, "lengths")
        let pairs = (0..<4000).map { _ in
            let longer = Int((10 + 20 * generator.normal()).rounded())
            let wins = generator.uniform() < 1 / (1 + exp(-3 * tanh(Double(longer) / 20)))
            return pair(wins ? .first : .second, wins ? .second : .first, 100 + longer, 100)
        }
        let judgement = Judgement(of: pairs, student: "a", baseline: "b", judge: "m", bootstrap: bootstrap)
        let controlled = try #require(judgement.lengthControlledWinRate)
        #expect(judgement.winRate.mean > 0.6)
        // Its standard error is about 0.01.
        #expect(abs(controlled.mean - 0.5) < 0.04 && controlled.low < 0.5 && controlled.high > 0.5)
    }

    @Test func withoutDifferencesInLengthTheControlledRateIsTheRate() throws {
        let pairs = (0..<100).map { $0 < 70 ? pair(.first, .second) : pair(.second, .first) }
        let judgement = Judgement(of: pairs, student: "a", baseline: "b", judge: "m", bootstrap: bootstrap)
        // The pull to 0.5 is worth a small part of one pair of a hundred.
        #expect(abs(try #require(judgement.lengthControlledWinRate).mean - 0.7) < 0.003)
    }

    private func student(_ name: String, _ answers: [String]) throws -> StudentMeasurements {
        try StudentMeasurements(
            name: name,
            prompts: answers.enumerated().map { index, answer in
                HeldOutMeasurement(
                    id: "\(index)", prompt: "prompt \(index)", teacherText: "reference", teacherLogProbabilities: [-1], answer: answer,
                    answerTokens: answer.count)
            })
    }

    @Test func everyPairIsAskedInBothOrdersAndKeepsItsPlace() async throws {
        let ranked = try student("ranked", (0..<50).map { $0 % 5 == 0 ? "same" : "good \($0)" })
        let warmUp = try student("warm-up", (0..<50).map { $0 % 5 == 0 ? "same" : "bad \($0)" })
        let asked = Asked()
        let judge = Judge { messages in
            await asked.note(messages)
            let text = messages[1].content
            let goodIsFirst = text.contains("<<< answer A\ngood")
            return text.contains("prompt 7\n") ? "no idea" : "Verdict: \(goodIsFirst ? "A" : "B")"
        }
        let pairs = try await judge.compare(ranked, with: warmUp, concurrency: 4)
        #expect(pairs.count == 50)
        for (index, pair) in pairs.enumerated() {
            #expect(pair.score == (index == 7 ? nil : index % 5 == 0 ? 0.5 : 1), "\(index)")
        }
        #expect(await asked.count == 80, "40 pairs in both orders; equal answers are not asked")
        #expect(await asked.conversations.allSatisfy { $0[1].content.contains("<<< reference\nreference\n") })
    }

    @Test func againstTheTeacherTheJudgeSeesNoReference() async throws {
        let student = try student("ranked", ["good", "reference"])
        let teacher = try StudentMeasurements(teacherOf: student)
        #expect(teacher.prompts.map(\.answer) == ["reference", "reference"] && teacher.prompts.map(\.answerTokens) == [1, 1])
        let asked = Asked()
        let judge = Judge { messages in
            await asked.note(messages)
            return "Verdict: tie"
        }
        let pairs = try await judge.compare(student, with: teacher, showsReference: false)
        #expect(pairs.map(\.score) == [0.5, 0.5])
        // Saying what the teacher says is a tie without asking.
        #expect(await asked.count == 2)
        #expect(await asked.conversations.allSatisfy { !$0[1].content.contains("<<< reference") })
    }

    @Test func theMetricCountsFactsBeforeLikeness() throws {
        func measurement(_ answer: String) -> HeldOutMeasurement {
            HeldOutMeasurement(
                id: "1", prompt: "p", teacherText: "order 12 of red rugs", teacherLogProbabilities: [-1], answer: answer, answerTokens: 3,
                facts: ["12", "red"])
        }
        func score(_ student: String, _ baseline: String) throws -> Double? {
            let sides = try [student, baseline].map { try StudentMeasurements(name: $0, prompts: [measurement($0)]) }
            return try ScoreJudge.metric(.rougeL).compare(sides[0], with: sides[1])[0].score
        }
        #expect(try score("red 12", "order of rugs") == 1, "both facts outweigh likeness")
        #expect(try score("order 12", "12") == 1, "one fact each: likeness decides")
        #expect(try score("x 12", "y 12") == 0.5)
        #expect(try score("rugs", "red rugs") == 0)
    }

    @Test func anAnswerWithoutAScoreIsMalformed() throws {
        let (first, second) = (try student("a", ["x", "y", "same"]), try student("b", ["long", "z", "same"]))
        let judge = ScoreJudge { $0.answer == "long" ? nil : $0.answer == "y" ? 1 : 0 }
        let judgement = Judgement(
            of: try judge.compare(first, with: second), student: "a", baseline: "b", judge: "m", seesOrder: false, bootstrap: bootstrap)
        #expect(judgement.malformed == 1 && judgement.winRate.mean == 0.75 && judgement.winRate.count == 2)
        #expect(judgement.flipRate.count == 0, "scores know no order")
    }

    @Test func whatTheJudgeThrowsEndsTheComparison() async throws {
        let (first, second) = (try student("a", ["x"]), try student("b", ["y"]))
        await #expect(throws: CancellationError.self) {
            _ = try await Judge { _ in throw CancellationError() }.compare(first, with: second)
        }
    }
}

private actor Asked {
    var conversations: [[Message]] = []
    var count: Int { conversations.count }

    func note(_ messages: [Message]) {
        conversations.append(messages)
    }
}
