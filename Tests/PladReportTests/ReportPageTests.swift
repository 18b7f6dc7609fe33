import Foundation
import PladRecords
import PladReport
import Testing

@Suite struct ReportPageTests {
    @Test func textsOfTeacherAndStudentsAreShownAndNotRun() {
        let attack = "<script>alert(1)</script><img src=x onerror='a()'>\" & \"\u{301} onload=\u{0}"
        var input = Samples.input
        input.title = attack
        input.settings = [ReportInput.Setting(attack, attack)]
        input.facts = [ReportInput.Setting(attack, attack)]
        input.live = ReportInput.Live(now: attack, state: attack)
        input.funnel = [ReportInput.Count(attack, 3)]
        input.drops[0] = LeftOut(stage: attack, id: attack, state: attack, kind: attack, detail: attack)
        input.stages[0].name = attack
        input.log[0].phase = attack
        input.evaluation!.students[2].name = attack
        input.evaluation!.differences[1].student = attack
        input.evaluation!.judgements = [Samples.judgement(attack, attack, 0.5, by: attack)]
        input.evaluation!.examples[0] = SideBySide(
            id: attack, prompt: attack, teacher: attack, students: [attack, attack, attack], facts: [attack])
        let html = ReportPage.html(input)
        #expect(!html.contains("<script>alert"))
        #expect(!html.contains("<img"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        // A quotation mark under an accent is one Character, yet would end an attribute.
        #expect(!html.unicodeScalars.elementsBeside("\u{301}").contains("\""))
        #expect(html.components(separatedBy: "<script>").count == 2, "the page's own script and no other")
    }

    @Test func bracesInTextsAreNoTemplate() {
        var input = Samples.input
        input.evaluation!.examples[0].teacher = "{{title}} {{{policy}}}"
        #expect(ReportPage.html(input).contains("{{title}} {{{policy}}}"))
    }

    @Test func nothingIsLoadedFromElsewhere() throws {
        let html = ReportPage.html(Samples.input)
        for reference in html.matches(of: /(?:src|href|url)\s*[=(]\s*"?([^"\s>)]*)/) {
            #expect(reference.1.hasPrefix("#") || reference.1.hasPrefix("data:"), "\(reference.0)")
        }
        let policy = try #require(html.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
        #expect(policy.hasPrefix("default-src 'none'"))
        for (source, element) in [("style-src", "style"), ("script-src", "script")] {
            let text = try #require(
                html.components(separatedBy: "<\(element)>").dropFirst().first?.components(separatedBy: "</\(element)>").first)
            let digest = Data(Digest(of: text).bytes).base64EncodedString()
            #expect(policy.contains("\(source) 'sha256-\(digest)'"), "\(element) would be blocked")
        }
        #expect(!html.contains(" style=\""), "a style attribute would be blocked")
    }

    @Test func sameInputGivesTheSameBytes() {
        #expect(ReportPage.html(Samples.input) == ReportPage.html(Samples.input))
    }

    @Test func emptyInputIsAPageWithoutSections() {
        let html = ReportPage.html(ReportInput(title: ""))
        #expect(html.contains("Not evaluated yet."))
        #expect(!html.contains("<section") && !html.contains("<svg") && html.hasSuffix("</html>\n"))
    }

    @Test func withoutHeldOutPromptsThePageSaysWhyNothingIsMeasured() {
        let html = ReportPage.html(ReportInput(title: "", heldOut: 0))
        #expect(html.contains("Not evaluated: no prompt was held out") && !html.contains("yet"))
        #expect(ReportPage.html(ReportInput(title: "", heldOut: 3)).contains("Not evaluated yet."))
        #expect(!ReportPage.html(ReportInput(title: "", evaluation: Samples.evaluation, heldOut: 0)).contains("Not evaluated"))
    }

    @Test func oneStepAndOneStudentAreDrawn() {
        let one = Evaluation(students: [Samples.student("initial", rougeL: 0.3)], examples: [])
        let html = ReportPage.html(ReportInput(title: "x", log: Samples.steps("warm-up", 1, ranks: false), evaluation: one))
        #expect(html.contains("id=\"students\"") && html.contains("id=\"training\"") && !html.contains("id=\"answers\""))
        #expect(!html.contains("Differences, prompt by prompt"))
    }

    @Test func numbersThatAreNoneAreLeftOut() {
        var input = Samples.input
        input.log[3].loss = .nan
        input.log[4].gradientNorm = .infinity
        input.log = input.log.map { step in
            var step = step
            step.chosenLogProbability = .nan
            return step
        }
        input.stages[0].seconds = .nan
        input.evaluation!.students[1].rougeL.mean = .nan
        input.evaluation!.students[0].rankAccuracy = Estimate(mean: 0, low: 0, high: 0, count: 0)
        let page = ReportPage.html(input)
        let text = page.replacing(/<style>(.|\n)*<\/style>|<script>(.|\n)*<\/script>/, with: "").lowercased()
        #expect(!text.contains(/\bnan\b/) && !text.contains(/\binf(inity)?\b/))
    }

    @Test func theHeadlineClaimsOnlyWhatThePairedIntervalShows() {
        let html = ReportPage.html(Samples.input)
        #expect(
            html.contains(
                "Against “warm-up”, “ranked” is: better in ROUGE-L and chrF; worse in negative log-likelihood; no clear difference in pairs ranked right."
            ))
    }

    @Test func whereROUGECannotReadTheScriptThePageGoesByChrF() {
        var input = Samples.input
        input.evaluation!.rougeReads = 0.2
        for index in input.evaluation!.examples.indices { input.evaluation!.examples[index].chrF = [0.11, 0.21, 0.31] }
        input.evaluation!.students[0].likelihoodQuality = LikelihoodQuality(
            bins: [LikelihoodQuality.Bin(logProbabilityPerToken: -1, quality: 0.5, count: 1)], points: [])
        input.evaluation!.judgements = [Samples.judgement("ranked", "warm-up", 0.7)]
        let html = ReportPage.html(input)
        #expect(html.contains("“ranked” is: better in chrF; worse in"), "what reads nothing says nothing")
        #expect(html.contains("<p class=\"bad\">ROUGE reads a-z and 0-9 alone, 20 % of the letters of these references: go by chrF.</p>"))
        #expect(html.contains("Numbers are chrF against the teacher’s text.") && html.contains("0.11 → 0.21 → 0.31"))
        #expect(html.contains("up, its chrF against the") && !html.contains("its ROUGE-L against the"))
        #expect(html.contains("Judged by facts kept, then chrF, it wins 70 %"))
        #expect(!ReportPage.html(Samples.input).contains("go by chrF"))
    }

    @Test func aRankingThatWasRolledBackIsSaidFirst() {
        var input = Samples.input
        input.evaluation!.rollback = "the warm-up student: ranking collapsed at step 40 and was rolled back"
        #expect(
            ReportPage.html(input).contains(
                "ROUGE-L 0.300 → 0.550. “ranked” is the warm-up student: ranking collapsed at step 40 and was rolled back. Against “warm-up”, “ranked” is:"
            ))
    }

    @Test func theHeadlineSaysWhatTheLastJudgeSays() {
        var input = Samples.input
        #expect(!ReportPage.html(input).contains("it wins"))
        input.evaluation!.judgements = [
            Samples.judgement("ranked", "warm-up", 0.7), Samples.judgement("ranked", "warm-up", 0.61, by: "a model"),
            Samples.judgement("ranked", "teacher", 0.2, by: "a model"),
        ]
        #expect(ReportPage.html(input).contains("Judged by “a model”, it wins 61 % of the prompts (56 to 66)."))
        input.evaluation!.judgements!.removeLast(2)
        #expect(ReportPage.html(input).contains("Judged by facts kept, then ROUGE-L, it wins 70 % of the prompts (65 to 75)."))
    }

    @Test func aJudgeIsShownWithItsBiases() {
        var input = Samples.input
        #expect(!ReportPage.html(input).contains("Judged by"))
        input.evaluation!.judgements = [
            Judgement(
                student: "ranked", baseline: "warm-up", judge: "metric", winRate: Samples.estimate(0.7, 0.05),
                lengthControlledWinRate: nil, flipRate: Samples.estimate(0, 0, count: 0), malformed: 0, byLength: []),
            Judgement(
                student: "ranked", baseline: "warm-up", judge: "a <judge>", winRate: Samples.estimate(0.61, 0.05),
                lengthControlledWinRate: Samples.estimate(0.54, 0.06), flipRate: Samples.estimate(0.13), malformed: 4,
                byLength: [Judgement.LengthBucket(name: "longer", winRate: Samples.estimate(0.7, 0.1))]),
        ]
        let html = ReportPage.html(input)
        #expect(html.contains("Judged by a &lt;judge&gt;, every pair in both orders"))
        #expect(html.contains("Judged by facts kept, then ROUGE-L</caption>"))
        #expect(html.contains("The verdict turns with the order on 13 % of 200 pairs; 4 more unreadable."))
        #expect(html.contains("<td>0.610 <span class=\"good\">better</span>"))
        #expect(html.contains("<td>0.540 <span class=\"quiet\">unclear</span>"))
        #expect(html.contains("Where longer") && !html.contains("Where shorter") && html.contains("0.130") && html.contains("Unreadable"))
        #expect(html.components(separatedBy: "Flips").count == 2, "a metric sees no order, so nothing flips")
        #expect(html.contains("aria-label=\"Win rate by a &lt;judge&gt;: ranked over warm-up 0.610"))
    }

    @Test func likelihoodAndQualityAreDrawnOnCommonAxes() {
        var input = Samples.input
        for (index, offset) in [-3.0, -2, -1].enumerated() {
            input.evaluation!.students[index].likelihoodQuality = LikelihoodQuality(
                bins: [
                    LikelihoodQuality.Bin(logProbabilityPerToken: offset, quality: 0.2, count: 5),
                    LikelihoodQuality.Bin(logProbabilityPerToken: offset + 0.5, quality: 0.8, count: 5),
                ],
                points: [[offset, 0.2], [offset + 0.5, 0.8], [.nan, 0.1]])
        }
        let html = ReportPage.html(input)
        #expect(html.contains("Likelihood and quality of ranked, means of tenths"))
        let drawings = html.components(separatedBy: "<svg ").filter { $0.contains("Likelihood and quality of") }
        #expect(drawings.count == 3)
        // The same ticks below each, whatever its own samples.
        let ticks = drawings.map { $0.matches(of: /y="180" text-anchor="middle">([^<]*)</).map { String($0.1) } }
        #expect(ticks[0].count > 2 && ticks.allSatisfy { $0 == ticks[0] })
        #expect(drawings.allSatisfy { $0.components(separatedBy: "class=\"faint\"").count == 3 }, "what is no number is left out")
    }

    @Test func aReasonThatIsNotKnownIsShownByItsName() {
        var input = Samples.input
        input.drops = [
            LeftOut(stage: "teach", id: "p", state: "held-forCustoms", detail: "in \"Dover\""),
            LeftOut(stage: "teach", id: "q", state: "failed", kind: "exhausted", detail: "6 attempts"),
        ]
        let html = ReportPage.html(input)
        #expect(html.contains("<td>held for customs <code>held-forCustoms</code></td><td>1</td>"))
        #expect(html.contains("<code>failed: exhausted</code>"))
    }

    @Test func aLivePageAsksItsServerAndAFileDoesNot() throws {
        var input = Samples.input
        let file = ReportPage.html(input)
        #expect(!file.contains("connect-src") && !file.contains("fetch(") && !file.contains("plad-state"))
        input.live = ReportInput.Live(now: "warm-up, step 3 of 9", state: "abc")
        let page = ReportPage.html(input)
        #expect(page.contains("connect-src &#39;self&#39;") || page.contains("connect-src 'self'"))
        #expect(page.contains("<meta name=\"plad-state\" content=\"abc\">"))
        #expect(page.contains("<p id=\"live\" role=\"status\">warm-up, step 3 of 9</p>"))
        let script = try #require(page.components(separatedBy: "<script>").last?.components(separatedBy: "</script>").first)
        #expect(page.contains("script-src 'sha256-\(Data(Digest(of: script).bytes).base64EncodedString())'"), "it would be blocked")
    }

    @Test func lengthsAreDrawnAndACollapseIsSaid() {
        var input = Samples.input
        #expect(!ReportPage.html(input).contains("<b>Length of completions</b>"))
        let last = input.log.count - 1
        for index in input.log.indices where input.log[index].rejectedLogProbability != nil {
            (input.log[index].chosenTokens, input.log[index].rejectedTokens) = (20, 30)
        }
        for index in [last - 20, last - 10, last] {
            input.log[index].probe = GreedyProbe(
                chosenLogProbabilityPerToken: -2, answerTokens: 40, lengthRatio: Double(index) / 10, repetition: 0.5)
        }
        input.log[last].collapse = "stopped: <answers> repeat themselves"
        let html = ReportPage.html(input)
        #expect(html.contains("aria-label=\"Length: chosen from 20.000 to 20.000, rejected from 30.000 to 30.000\""))
        #expect(html.contains("<b>Length of completions</b>") && html.contains("<b>Repetition</b>"))
        #expect(html.contains("<p class=\"bad\">stopped: &lt;answers&gt; repeat themselves</p>"))
    }

    @Test func dropsAreCountedByReason() {
        let html = ReportPage.html(Samples.input)
        #expect(html.contains("<td>teach</td><td>the token limit cut the teacher’s completion off <code>truncated</code></td><td>2</td>"))
        #expect(html.contains("<code>equalSides</code></td><td>1</td>"))
    }

    @Test func everyDropReasonHasAMeaning() {
        var input = Samples.input
        input.drops = Drop.State.allCases.map { LeftOut(Drop(stage: .pair, id: "p", split: .train, state: $0, detail: "")) }
        let html = ReportPage.html(input)
        for state in Drop.State.allCases {
            let row = html.firstMatch(of: try! Regex("<td>pair</td><td>([^<]+) <code>\(state.rawValue)</code>"))
            #expect(row != nil, "\(state)")
            #expect(row.map { String($0[1].substring!) } != state.rawValue || state == .empty, "\(state) is only named, not explained")
        }
    }

    @Test func theHugestRunStaysBelowTwoMegabytes() {
        var input = Samples.input
        let quotes = String(repeating: "\"<&>'", count: 100_000)
        input.log = (1...3).flatMap { Samples.steps("round-\($0)", 60_000, ranks: true) }
        input.settings = (0..<150).map { ReportInput.Setting("setting-\($0)", String(quotes.prefix(300))) }
        input.drops = (0..<50_000).map { LeftOut(stage: "pair", id: "p-\($0)", state: "equalSides", detail: quotes) }
        input.evaluation!.students = (0..<12).map { Samples.student("student \($0)", rougeL: 0.5) }
        for index in input.evaluation!.students.indices {
            input.evaluation!.students[index].likelihoodQuality = LikelihoodQuality(
                bins: (0..<10).map { LikelihoodQuality.Bin(logProbabilityPerToken: -Double($0), quality: 0.5, count: 100) },
                points: (0..<300).map { [-Double($0) / 7, Double($0) / 300] })
        }
        for index in input.evaluation!.examples.indices {
            input.evaluation!.examples[index].prompt = quotes
            input.evaluation!.examples[index].teacher = quotes
            input.evaluation!.examples[index].students = [String](repeating: quotes, count: 12)
        }
        let html = ReportPage.html(input)
        #expect(html.utf8.count < 2_000_000)
        #expect(html.contains("more characters are in the records)"))
    }

    @Test func everyDrawingAndRegionHasALabel() {
        let html = ReportPage.html(Samples.input)
        #expect(html.components(separatedBy: "<svg ").dropFirst().allSatisfy { $0.contains(/^[^>]*role="img" aria-label="[^"]{12,}"/) })
        #expect(
            html.components(separatedBy: "class=\"scroll\"").dropFirst().allSatisfy {
                $0.contains(/^ role="region" aria-label="[^"]+" tabindex="0"/)
            })
        #expect(html.components(separatedBy: "<table").count == html.components(separatedBy: "<caption>").count)
    }

    @Test func openElementsAreClosed() {
        for input in [
            Samples.input, ReportInput(title: "empty"), ReportInput(title: "log", log: Samples.steps("warm-up", 3, ranks: false)),
        ] {
            let html = ReportPage.html(input)
            for element in [
                "section", "div", "table", "tr", "td", "th", "figure", "svg", "details", "dl", "p", "h3", "form", "text", "main",
            ] {
                let opened = html.matches(of: try! Regex("<\(element)[ >]")).count
                #expect(opened == html.components(separatedBy: "</\(element)>").count - 1, "\(element)")
            }
        }
    }
}

extension String.UnicodeScalarView {
    /// The scalars that stand directly before each occurrence of another.
    fileprivate func elementsBeside(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        zip(self, dropFirst()).compactMap { $1 == scalar ? $0 : nil }
    }
}
