import Foundation
import PladEvaluation
import PladRecords
import Testing

/// Every way to know how good completions are, each with its right values.
@Suite struct QualityTests {
    private func prompt(_ facts: [String] = [], answer: String? = nil) -> Prompt {
        Prompt(id: "p", text: "q", facts: facts, answer: answer)
    }

    @Test func factsAreTheShareKeptToTheLetter() {
        let quality = FactsQuality()
        #expect(quality.scores(of: ["12 red rugs", "red", "312"], for: prompt(["12", "red"]), teacher: []) == [1, 0.5, 0])
        #expect(quality.scores(of: ["x"], for: prompt(), teacher: ["x"]) == nil)
        #expect(!quality.needsTeacher)
    }

    @Test func likenessIsToTheNearestOfTheTeachersTexts() throws {
        let scores = try #require(LikenessQuality().scores(of: ["a b c", "x y"], for: prompt(), teacher: ["q", "a b c"]))
        #expect(scores == [1, 0])
        #expect(LikenessQuality().scores(of: ["a"], for: prompt(), teacher: []) == nil && LikenessQuality().needsTeacher)
        // What ROUGE cannot read is compared by letters.
        let script = try #require(LikenessQuality().scores(of: ["молоко", "дом"], for: prompt(), teacher: ["молоко"]))
        #expect(script[0] == 1 && script[1] < 0.5)
    }

    @Test(arguments: [
        ("First 2.\n\nAnswer: 32", "32", 1.0), ("Answer: 31\nno, Answer: 32.", "32", 1), ("Answer: $1,200.00 in all", "1200", 1),
        ("Answer: 3", "32", 0), ("Answer: (F) 04/21/2021", "F", 1), ("The answer is B.", "b", 1), ("Answer: bE", "B", 0),
        ("answer: yajc", "YAJC", 1),
        ("Answer: ya jc", "yajc", 0), ("32", "32.0", 1), ("it is 32", "32", 0), ("", "32", 0), ("Answer:", "32", 0), ("Answer: -5", "5", 0),
        ("Answer: **blue ball**", "blue ball", 1), ("Answer: 1e400", "1", 1), ("Answer: 7", "seven", 0),
    ])
    func finalAnswersAreComparedAsPeopleDo(_ text: String, _ expected: String, _ score: Double) throws {
        #expect(AnswerQuality(try FinalAnswer()).scores(of: [text], for: prompt(answer: expected), teacher: []) == [score], "\(text)")
    }

    @Test func withoutAnAnswerTheTeachersMajorityIsRight() throws {
        let quality = AnswerQuality(try FinalAnswer())
        let teacher = ["Answer: 4", "so, Answer: 5", "Answer: 5.0"]
        #expect(quality.scores(of: ["Answer: 5", "Answer: 4"], for: prompt(), teacher: teacher) == [1, 0])
        #expect(quality.scores(of: ["Answer: 5"], for: prompt(), teacher: ["no idea"]) == nil)
    }

    @Test func aPatternOfTheTaskFindsTheAnswer() throws {
        let quality = AnswerQuality(try FinalAnswer(#"\\boxed\{([^}]*)\}"#))
        #expect(quality.scores(of: [#"so \boxed{3} or \boxed{4}"#, "Answer: 4"], for: prompt(answer: "4"), teacher: []) == [1, 0])
        #expect(throws: RecordError.self) { try FinalAnswer("(") }
    }

    @Test func agreementIsTheShareOfTheOthersThatSayTheSame() throws {
        let quality = AgreementQuality(try FinalAnswer())
        #expect(quality.scores(of: ["Answer: 4", "so Answer: 4.0", "Answer: 5"], for: prompt(), teacher: []) == [0.5, 0.5, 0])
        #expect(quality.scores(of: ["Answer: 4"], for: prompt(), teacher: []) == nil)
    }

    private func schema(_ text: String) throws -> JSONSchema { try JSONSchema(JSONValue(parsing: Data(text.utf8))) }

    @Test func jsonIsJudgedBySchemaThenByFields() throws {
        let schema = try schema(
            #"{"type":"object","properties":{"label":{"enum":["a","b"]},"n":{"type":"integer"}},"required":["label"],"additionalProperties":false}"#
        )
        let quality = JSONQuality(schema)
        let texts = [
            #"{"label":"a","n":1}"#, #"{"n":1.0,"label":"a"}"#, #"{"label":"b","n":1}"#, #"{"label":"a"}"#, #"{"label":"c"}"#,
            #"{"label":"a","x":1}"#, "```json\n{\"label\":\"a\"}\n```", "no",
        ]
        let expected = #"{"label":"a","n":1}"#
        #expect(quality.scores(of: texts, for: prompt(answer: expected), teacher: []) == [1, 1, 0.5, 0.5, 0, 0, 0, 0])
        // A teacher's text that does not fit is no example.
        #expect(quality.scores(of: texts, for: prompt(), teacher: ["The label is a.", expected]) == [1, 1, 0.5, 0.5, 0, 0, 0, 0])
        #expect(quality.scores(of: texts, for: prompt(), teacher: []) == [1, 1, 1, 1, 0, 0, 0, 0])
        #expect(JSONQuality(nil).scores(of: ["[1]", "1", "x"], for: prompt(), teacher: []) == [1, 1, 0])
        // A field too many is wrong as well.
        #expect(JSONQuality(nil).scores(of: [#"{"a":1,"b":2}"#], for: prompt(answer: #"{"a":1}"#), teacher: []) == [0.5])
    }

    @Test(arguments: [
        (
            #"{"type":"string","minLength":2,"maxLength":3,"pattern":"^a"}"#, #"["ab","abc","a","abcd","ba",1]"#,
            [true, true, false, false, false, false]
        ),
        (
            #"{"type":["number","null"],"minimum":1,"exclusiveMaximum":2}"#, "[1,1.5,2,0,null,\"1\"]",
            [true, true, false, false, true, false]
        ),
        (#"{"type":"integer"}"#, "[1,1.0,1.5,true]", [true, true, false, false]),
        (
            #"{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":2,"uniqueItems":true}"#,
            "[[true],[],[1],[true,true],[true,false]]", [true, false, false, false, true]
        ),
        (#"{"anyOf":[{"const":1},{"const":{"a":[2]}}]}"#, #"[1,1.0,{"a":[2]},2]"#, [true, true, true, false]),
        (#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "[2,0,4]", [true, false, false]),
        (
            #"{"properties":{"a":{"properties":{"b":{"type":"null"}},"required":["b"]}}}"#,
            #"[{},{"a":{"b":null}},{"a":{}},{"a":{"b":1}},3]"#, [true, true, false, false, true]
        ),
        ("false", "[1]", [false]), ("true", "[1]", [true]),
    ])
    func schemasFitWhatTheySay(_ text: String, _ values: String, _ fits: [Bool]) throws {
        let schema = try schema(text)
        let values = try #require(try JSONValue(parsing: Data(values.utf8)).array)
        #expect(values.map { schema.problem(with: $0) == nil } == fits, "\(text)")
    }

    @Test(arguments: [
        (#"{"oneOf":[]}"#, "oneOf"), (#"{"type":"text"}"#, "type"), (#"{"properties":{"a":{"minimum":"x"}}}"#, "$.a"),
        (#"{"pattern":"("}"#, "pattern"), ("3", "$"),
    ])
    func schemasThatAreNotUnderstoodAreRefused(_ text: String, _ named: String) throws {
        let error = #expect(throws: RecordError.self) { try self.schema(text) }
        #expect(error?.message.contains(named) == true, "\(String(describing: error))")
    }

    @Test func aJudgeRanksAllCandidatesInBothOrders() async throws {
        // Prefers the longest text, whatever its number.
        let quality = JudgeQuality { messages in
            let texts = messages[1].content.matches(of: /<<< answer (\d+)\n(.*)\n>>>/).map { (Int($0.1)!, $0.2.count) }
            return "Because.\nRanking: " + texts.sorted { $0.1 > $1.1 }.map { String($0.0) }.joined(separator: " > ")
        }
        #expect(try await quality.scores(of: ["ab", "abc", "a", "ab"], for: prompt(), teacher: ["r"]) == [0.5, 1, 0, 0.5])
        #expect(try await quality.scores(of: ["a", "a"], for: prompt(), teacher: []) == nil)
        // One that always takes the first says nothing; one that is not understood gives no verdict.
        let first = JudgeQuality { _ in "Ranking: 1 > 2" }
        #expect(try await first.scores(of: ["a", "b"], for: prompt(), teacher: []) == [0.5, 0.5])
        let mute = JudgeQuality { _ in "Ranking: 1 > 1" }
        #expect(try await mute.scores(of: ["a", "b"], for: prompt(), teacher: []) == nil)
    }

    @Test func aCommandIsStartedOnceAndGivesANumberALine() throws {
        let script = "n=0; while read -r line; do n=$((n+1)); case \"$line\" in *good*) echo 1;; *) echo 0.$n;; esac; done"
        let quality = CommandQuality(script)
        #expect(try quality.scores(of: ["bad", "good"], for: prompt(["f"], answer: "a"), teacher: ["t"]) == [0.1, 1])
        #expect(try quality.scores(of: ["bad"], for: prompt(), teacher: []) == [0.3])
    }

    @Test func aCommandIsToldPromptAnswerFactsAndTeacher() throws {
        let quality = CommandQuality(
            #"while read -r line; do [ "$line" = '{"answer":"a","completion":"x\ny","facts":["f"],"id":"p","prompt":"q","teacher":["t"]}' ] && echo 1 || echo 0; done"#
        )
        #expect(try quality.scores(of: ["x\ny"], for: prompt(["f"], answer: "a"), teacher: ["t"]) == [1])
    }

    @Test(arguments: [
        ("cat", "wrote \"{"), ("exit 3", "ended with status 3"), ("echo nan", "wrote \"nan\""), ("sleep 30", "no number within"),
        ("/nowhere/check", "ended with status 127"), ("exec 1>&-; sleep 30", "closed its input or output"),
    ])
    func aCommandThatFailsIsNamed(_ command: String, _ what: String) throws {
        // Only one that gives no number is waited for in vain.
        let quality = CommandQuality(command, timeout: what == "no number within" ? 0.5 : 60)
        let error = #expect(throws: EvaluationError.self) { try quality.scores(of: ["a"], for: self.prompt(), teacher: []) }
        #expect(error?.message.contains(what) == true && error?.message.contains(command) == true, "\(String(describing: error))")
        #expect(error?.exitStatus == .unavailable)
    }

    /// plad's own signals are blocked on most of its threads; its children's must not be.
    @Test func aCommandIsStartedWithNoSignalBlocked() throws {
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(Int32(SIG_BLOCK), &blocked, nil)
        defer { pthread_sigmask(Int32(SIG_UNBLOCK), &blocked, nil) }
        let quality = CommandQuality("while read -r line; do grep -c '^SigBlk:.0*$' /proc/self/status; done")
        #expect(try quality.scores(of: ["a"], for: prompt(), teacher: []) == [1])
    }

    @Test func aCommandThatTakesTooLongIsEndedWithAllThatItStarted() throws {
        let mark = "31.\(UInt32.random(in: 1000..<UInt32.max))"
        _ = try? CommandQuality("sleep \(mark); echo 1", timeout: 0.3).scores(of: ["a"], for: prompt(), teacher: [])
        func isRunning() throws -> Bool {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.contains { id in
                (try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8))?.contains(mark) == true
            }
        }
        // A killed process is gone once it has been scheduled; one that was not killed sleeps for 31 seconds.
        let end = ContinuousClock.now + .seconds(15)
        while try isRunning(), ContinuousClock.now < end { usleep(50_000) }
        #expect(try !isRunning())
    }

    /// A completion larger than any pipe's buffer, to a program that reads none of it.
    @Test func aCommandThatReadsNothingIsNotWaitedForForEver() throws {
        let quality = CommandQuality("sleep 30", timeout: 0.5)
        #expect(throws: EvaluationError.self) {
            try quality.scores(of: [String(repeating: "a", count: 4_000_000)], for: self.prompt(), teacher: [])
        }
    }
}
