import PladCache
import PladDistill
import PladRecords
import Testing

/// Which completion is requested next, whatever order completions come in.
struct TeachPlanTests {
    /// `valid` held-out prompts, then `train` training prompts with `samples` completions each.
    private func wanted(valid: Int = 0, train: Int, samples: Int = 1) -> [WantedCompletion] {
        let prompts = (0..<valid).map { ("v\($0)", Split.valid, 1) } + (0..<train).map { ("t\($0)", .train, samples) }
        return prompts.flatMap { id, split, count in (0..<count).map { (id, split, $0) } }.enumerated().map { place, item in
            WantedCompletion(place: place, prompt: Prompt(id: item.0, text: item.0), split: item.1, sample: item.2)
        }
    }

    private func all(_ plan: inout TeachPlan) -> [Range<Int>] {
        var places: [Range<Int>] = []
        while let next = plan.next() { places.append(next) }
        return places
    }

    private func arrived(_ wanted: WantedCompletion, from source: String = "answered") -> TeachOutcome {
        let completion = TeacherCompletion(
            id: wanted.prompt.id, split: wanted.split, sample: wanted.sample, text: "yes", finishReason: .stop, model: nil, usage: nil
        )
        return .completion(completion, from: source == "cached" ? .cache : .asked)
    }

    @Test func everyCompletionIsRequestedOnceWithTheSamplesOfAPromptTogether() {
        var plan = TeachPlan(wanted(valid: 1, train: 2, samples: 3))
        #expect(all(&plan) == [0..<1, 1..<4, 4..<7])
        #expect(plan.next() == nil)
        #expect(plan.result.map { $0.drop?.state } == Array(repeating: .interrupted, count: 7))
    }

    /// Of an endpoint that has answered most, the last prompts fail and not the endpoint.
    @Test func theLastToFailAreKnown() {
        let completions = wanted(train: 5)
        var plan = TeachPlan(completions, skipsFailed: true)
        for place in 0..<3 {
            _ = plan.next()
            plan.record(arrived(completions[place]), at: place)
        }
        #expect(!plan.isLastToFail, "others are not begun")
        _ = all(&plan)
        #expect(plan.isLastToFail)
        var unanswered = TeachPlan(completions, skipsFailed: true)
        _ = all(&unanswered)
        unanswered.record(arrived(completions[0]), at: 0)
        #expect(!unanswered.isLastToFail, "most have no completion")
    }

    @Test func asManyAreRequestedAsWouldSufficeIfAllCouldBeUsed() {
        let completions = wanted(valid: 2, train: 5)
        var plan = TeachPlan(completions, until: 2)
        #expect(all(&plan) == [0..<1, 1..<2, 2..<3, 3..<4])
        plan.record(arrived(completions[2]), at: 2)
        #expect(plan.next() == nil)
        // A completion that cannot be used makes room for another, whichever came first.
        plan.record(completions[3].drop(.empty, "nothing"), at: 3)
        #expect(all(&plan) == [4..<5])
        #expect(plan.result.count == 5)
    }

    @Test func ofAPromptsSamplesOnlySoManyAreAskedAsAreNeeded() {
        var plan = TeachPlan(wanted(train: 3, samples: 3), until: 4)
        #expect(all(&plan) == [0..<3, 3..<4])
    }

    @Test(arguments: [true, false])
    func aFailureMakesRoomWhereTheRunGoesOnWithoutIt(skips: Bool) {
        let completions = wanted(train: 3)
        var plan = TeachPlan(completions, until: 1, skipsFailed: skips)
        #expect(all(&plan) == [0..<1])
        plan.record(completions[0].drop(.failed, kind: "exhausted", "HTTP 500"), at: 0)
        #expect(all(&plan) == (skips ? [1..<2] : []))
    }

    @Test func promptsThatFillTheContextArePassedOver() {
        let completions = wanted(train: 3, samples: 2)
        var plan = TeachPlan(completions, unfit: ["t0"], until: 2)
        #expect(all(&plan) == [2..<4])
        #expect(plan.done == 2)
        #expect(plan.result.map { $0.drop?.state } == [.tooLong, .tooLong, .interrupted, .interrupted])
    }

    @Test func doneAndCachedAreCounted() {
        let completions = wanted(train: 2)
        var plan = TeachPlan(completions)
        _ = all(&plan)
        plan.record(arrived(completions[0], from: "cached"), at: 0)
        plan.record(arrived(completions[1]), at: 1)
        #expect(plan.done == 2 && plan.cached == 1)
        #expect(plan.result.map(\.state) == ["cached", "answered"])
    }
}
