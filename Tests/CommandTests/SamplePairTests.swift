import Foundation
import PladRecords
import Testing

/// Samples ranked among themselves by quality, and prompts that are never paid for, through the binary.
@Suite(.serialized) struct SamplePairTests {
    private let student = PladProcess.fixtures.appendingPathComponent("llama-gqa-tied").path
    private let facts = ["a", "e", "o", "th"]

    /// 12 prompts of which 4 are held out, and 8 unpaid ones, of which one has a held-out text.
    private func write(_ folder: URL, facts: [String]? = nil) throws {
        func lines(_ numbers: Range<Int>, _ id: String) -> Data {
            let list = (facts ?? self.facts).map { "\"\($0)\"" }.joined(separator: ",")
            return Data(numbers.map { "{\"id\":\"\(id)\($0)\",\"prompt\":\"the old house \($0) is\",\"facts\":[\(list)]}\n" }.joined().utf8)
        }
        try lines(0..<8, "p").write(to: folder.appendingPathComponent("prompts.jsonl"))
        try lines(8..<12, "v").write(to: folder.appendingPathComponent("valid.jsonl"))
        try lines(11..<19, "u").write(to: folder.appendingPathComponent("unpaid.jsonl"))
    }

    private func distill(_ folder: URL, _ out: String, teacher: String?, _ more: String...) throws -> PladProcess.Result {
        try distill(folder, out, teacher: teacher, more)
    }

    private func distill(_ folder: URL, _ out: String, teacher: String?, _ more: [String]) throws -> PladProcess.Result {
        let source = teacher.map { ["--remote", $0] } ?? ["--replay"]
        return try PladProcess.run(
            ["distill"] + source + [
                "--teacher-model", "llama-gqa-tied", "--teacher-id", "fixture", "--keep-truncated", "--student", student, "--prompts",
                folder.appendingPathComponent("prompts.jsonl").path, "--valid", folder.appendingPathComponent("valid.jsonl").path,
                "--out", folder.appendingPathComponent(out).path, "--cache", folder.appendingPathComponent("cache.sqlite").path,
                "--max-tokens", "8", "--threads", "1", "--samples", "4", "--min-pairs", "1", "--evaluation-samples", "2",
            ] + more)
    }

    private func read<Record: Decodable>(_ type: Record.Type, _ folder: URL, _ path: String) throws -> [Record] {
        try JSONLines.read(type, from: folder.appendingPathComponent(path))
    }

    private func quality(_ text: String, facts: [String]? = nil) -> Double {
        let facts = facts ?? self.facts
        return Double(facts.count { text.utf8.count >= $0.utf8.count && text.contains($0) }) / Double(facts.count)
    }

    private func plain(_ text: String) -> [Substring] { text.lowercased().split { $0.isWhitespace || $0.isPunctuation } }

    @Test func theBestSampleStandsAboveTheWorstAndTheTeachersTextIsKeptLikely() throws {
        try PladProcess.withFolder { folder in
            try write(folder)
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            let unpaid = folder.appendingPathComponent("unpaid.jsonl").path
            let result = try distill(folder, "run", teacher: teacher.remote, "--rank", "samples", "--unpaid-prompts", unpaid)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("1 unpaid prompts have the text of another prompt: they are left out"), "\(result.errors)")
            #expect(result.output.contains("Headroom, quality by facts"), "\(result.output)")

            // The teacher never saw an unpaid prompt.
            let answers = try read(TeacherCompletion.self, folder, "run/teacher.jsonl")
            #expect(answers.count > 8 && answers.allSatisfy { !$0.id.hasPrefix("u") })
            let samples = Dictionary(grouping: try read(StudentSample.self, folder, "run/samples.jsonl"), by: \.id)
            let train = answers.filter { $0.split == .train }
            #expect(samples.count == train.count + 7 && samples.values.allSatisfy { $0.count == 4 })
            #expect(samples["u12"]?.first?.split == .unpaid && samples["u11"] == nil)

            let pairs = try read(PreferencePair.self, folder, "run/pairs.jsonl")
            let (ranked, kept) = (pairs.filter(\.ranks), pairs.filter { !$0.ranks })
            #expect(kept.map(\.chosen) == train.map(\.text) && kept.allSatisfy { $0.keepsChosen == nil })
            #expect(!ranked.isEmpty && ranked.contains { $0.id!.hasPrefix("u") })
            for (id, samples) in samples {
                var texts: [String] = []
                for sample in samples where !texts.contains(where: { plain($0) == plain(sample.text) }) { texts.append(sample.text) }
                let qualities = texts.map { quality($0) }
                let pair = ranked.first { $0.id == id }
                guard let best = qualities.max(), let worst = qualities.min(), best > worst else {
                    #expect(pair == nil)
                    continue
                }
                #expect(pair?.chosenQuality == best && pair?.rejectedQuality == worst && pair?.keepsChosen == false)
                #expect(pair?.chosen == zip(texts, qualities).first { $1 == best }?.0)
            }
            // What is not ranked has its reason.
            let drops = try read(Drop.self, folder, "run/drops.jsonl").filter { $0.stage == .pair }
            #expect(Set(ranked.map(\.id!)).union(drops.filter { $0.state != .nearDuplicate }.map(\.id)) == Set(samples.keys))

            // From the recording, without a teacher: the same bytes.
            let again = try distill(folder, "again", teacher: nil, "--rank", "samples", "--unpaid-prompts", unpaid)
            #expect(again.status == 0, "\(again.errors)")
            for file in ["pairs.jsonl", "samples.jsonl", "evaluation.json", "student/model.safetensors", "held-out/ranked.jsonl"] {
                let bytes = try ["run", "again"].map { try Data(contentsOf: folder.appendingPathComponent("\($0)/\(file)")) }
                #expect(bytes[0] == bytes[1], "\(file)")
            }
        }
    }

    @Test func listsTakeTheBestAgainstAllOthersAndACommandSaysWhichThatIs() throws {
        try PladProcess.withFolder { folder in
            try write(folder)
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            // Good is short.
            let script = folder.appendingPathComponent("check.py")
            try Data(
                """
                import json, sys
                for line in sys.stdin:
                    print(1 - len(json.loads(line)["completion"].encode()) / 1000, flush=True)
                """.utf8
            ).write(to: script)
            let result = try distill(
                folder, "run", teacher: teacher.remote, "--rank", "samples", "--sample-pairs", "best-others", "--keep-likely", "chosen",
                "--loss",
                "list", "--norm", "mean", "--quality", "command", "--quality-command", "python3 \(script.path)")
            #expect(result.status == 0, "\(result.errors)")
            let pairs = try read(PreferencePair.self, folder, "run/pairs.jsonl")
            #expect(pairs.allSatisfy { $0.ranks && $0.keepsChosen == nil })
            for group in Dictionary(grouping: pairs, by: \.id).values {
                #expect(Set(group.map(\.chosen)).count == 1)
                #expect(group.allSatisfy { $0.chosen!.utf8.count < $0.rejected!.utf8.count }, "\(group)")
            }
            // Ranked as groups: a step counts a prompt once.
            let log = try read(TrainingStep.self, folder, "run/log.jsonl").filter { $0.phase == "round-1" }
            #expect(!log.isEmpty && log.allSatisfy { $0.loss.isFinite })

            let broken = try distill(
                folder, "broken", teacher: teacher.remote, "--rank", "samples", "--quality", "command", "--quality-command", "exit 4")
            #expect(broken.status == 69 && broken.errors.contains("ended with status 4"), "\(broken.errors)")
        }
    }

    @Test func theTeachersTextStandsOnlyAboveSamplesThatAreVerifiedWorse() throws {
        try PladProcess.withFolder { folder in
            // The teacher repeats one word; samples rarely do.
            let facts = ["we", "we we", "e", "o"]
            try write(folder, facts: facts)
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            let result = try distill(folder, "run", teacher: teacher.remote, "--rank", "both", "--min-gap", "0.25", "--quality", "facts")
            #expect(result.status == 0, "\(result.errors)")
            let pairs = try read(PreferencePair.self, folder, "run/pairs.jsonl")
            let said = Dictionary(grouping: try read(StudentSample.self, folder, "run/samples.jsonl"), by: \.id).mapValues {
                $0.map(\.text)
            }
            var kinds: Set<Bool> = []
            for pair in pairs where pair.ranks {
                #expect(
                    pair.chosenQuality == quality(pair.chosen!, facts: facts)
                        && pair.rejectedQuality == quality(pair.rejected!, facts: facts))
                #expect(pair.chosenQuality! - pair.rejectedQuality! >= 0.25)
                // A pair with the teacher's text keeps it likely; one of samples keeps neither.
                let isOfSamples = said[pair.id!]!.contains(pair.chosen!)
                #expect(pair.keepsChosen == (isOfSamples ? false : nil))
                kinds.insert(isOfSamples)
            }
            #expect(kinds == [true, false])
            let drops = try read(Drop.self, folder, "run/drops.jsonl").filter { $0.stage == .pair }
            #expect(drops.contains { $0.state == .smallGap })
        }
    }

    /// No prompt says what is right: a critic ranks, students are measured by likeness, and a replay ends in the same bytes.
    @Test func aCriticRanksTheSamplesOfPromptsThatWereNeverPaidFor() throws {
        try PladProcess.withFolder { folder in
            try write(folder, facts: [])
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            let unpaid = folder.appendingPathComponent("unpaid.jsonl").path
            let flags = [
                "--rank", "samples", "--quality", "critic", "--unpaid-prompts", unpaid, "--learning-rate", "1e-3", "--rounds", "2",
            ]
            let result = try distill(folder, "run", teacher: teacher.remote, flags)
            teacher.stop()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("teacher above sample"), "\(result.errors)")
            let pairs = try read(PreferencePair.self, folder, "run/pairs.jsonl").filter(\.ranks)
            #expect(pairs.contains { $0.id!.hasPrefix("u") && $0.round == 2 })
            #expect(pairs.allSatisfy { 0...1 ~= $0.rejectedQuality! && $0.rejectedQuality! < $0.chosenQuality! && $0.chosenQuality! <= 1 })
            let evaluation = try Data(contentsOf: folder.appendingPathComponent("run/evaluation.json"))
            #expect(String(decoding: evaluation, as: UTF8.self).contains("\"by\":\"likeness\""))

            let again = try distill(folder, "again", teacher: nil, flags)
            #expect(again.status == 0, "\(again.errors)")
            for file in ["pairs.jsonl", "samples.jsonl", "checkpoints/critic-2/model.safetensors", "student/model.safetensors"] {
                let (first, second) = (folder.appendingPathComponent("run/" + file), folder.appendingPathComponent("again/" + file))
                #expect(try Data(contentsOf: first) == Data(contentsOf: second), "\(file)")
            }
        }
    }

    /// A student that says what the teacher says has learnt everything: the run ends well, and nothing is ranked.
    @Test func withoutAnythingToTellApartThereIsNoCritic() throws {
        try PladProcess.withFolder { folder in
            try write(folder, facts: [])
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            let flags = ["--rank", "samples", "--quality", "critic", "--warm-up-learning-rate", "0", "--temperature", "0"]
            let result = try distill(folder, "run", teacher: teacher.remote, flags + ["--teacher-temperature", "0"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("there is nothing to train a critic on"), "\(result.errors)")
            #expect(try read(PreferencePair.self, folder, "run/pairs.jsonl").allSatisfy { !$0.ranks })
        }
    }

    /// The numbers of a command are recorded: a replay ends in the same bytes when the program is gone, and tells when one is missing.
    @Test func aReplayNeedsNoCommand() throws {
        try PladProcess.withFolder { folder in
            try write(folder, facts: [])
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            let program = folder.appendingPathComponent("check.sh")
            // No two numbers are the same: a program that is asked again says something else.
            let script = "#!/bin/sh\nwhile read -r line; do head -c 6 /dev/urandom | od -An -tu4 | awk '{print $1 / 4294967296}'; done\n"
            try Data(script.utf8).write(to: program)
            let flags = ["--rank", "samples", "--quality", "command", "--quality-command", "sh \(program.path)"]
            let first = try distill(folder, "run", teacher: teacher.remote, flags)
            teacher.stop()
            #expect(first.status == 0, "\(first.errors)")
            try Data("exit 4\n".utf8).write(to: program)
            let again = try distill(folder, "again", teacher: nil, flags)
            #expect(again.status == 0, "\(again.errors)")
            for file in ["pairs.jsonl", "evaluation.json", "student/model.safetensors"] {
                let (one, two) = (folder.appendingPathComponent("run/" + file), folder.appendingPathComponent("again/" + file))
                #expect(try Data(contentsOf: one) == Data(contentsOf: two), "\(file)")
            }
            let other = try distill(folder, "other", teacher: nil, flags + ["--seed", "5"])
            #expect(other.status == 69 && other.errors.contains("ended with status 4"), "\(other.errors)")
            let verified = try PladProcess.run(["cache", "verify", "--cache", folder.appendingPathComponent("cache.sqlite").path])
            #expect(verified.status == 0, "\(verified.errors)")
        }
    }

    /// Of four samples the untouched student draws three in the first round, one in those that follow.
    @Test func samplesOfTheUntouchedStudentAreMixedIn() throws {
        try PladProcess.withFolder { folder in
            try write(folder)
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            func samples(_ out: String, _ flags: [String]) throws -> [String: [String]] {
                let result = try distill(
                    folder, out, teacher: teacher.remote, flags + ["--rounds", "2", "--warm-up-learning-rate", "1e-2"])
                #expect(result.status == 0, "\(result.errors)")
                return Dictionary(grouping: try read(StudentSample.self, folder, out + "/samples.jsonl"), by: { "\($0.round) \($0.id)" })
                    .mapValues { $0.sorted { $0.sample < $1.sample }.map(\.text) }
            }
            let mixed = try samples("mixed", ["--initial-share", "0.75", "--initial-share", "0.25"])
            let initial = try samples("initial", ["--negatives-from", "initial"])
            let own = try samples("own", [])
            #expect(mixed.count == 16 && mixed.values.allSatisfy { $0.count == 4 })
            for (key, texts) in mixed {
                let count = key.hasPrefix("1 ") ? 3 : 1
                #expect(texts.prefix(count) == initial[key]!.prefix(count))
                // The student of the second round has learnt from other samples than the one of "own".
                if count == 3 { #expect(texts.suffix(1) == own[key]!.suffix(1)) }
            }
            #expect(mixed.contains { $1[3] != initial[$0]![3] })
            let refused = try distill(folder, "refused", teacher: teacher.remote, "--initial-share", "1.5")
            #expect(refused.status == 64 && refused.errors.contains("--initial-share 1.5: give shares"), "\(refused.errors)")
        }
    }

    @Test func onlyAnswersThatAreRightAreTrainedOnWhereThatIsAskedFor() throws {
        try PladProcess.withFolder { folder in
            try write(folder)
            let teacher = try LocalTeacher("llama-gqa-tied", in: folder)
            defer { teacher.stop() }
            // Right is a completion of an even number of bytes; of several answers of that kind the first is the best.
            let script = folder.appendingPathComponent("check.py")
            try Data(
                """
                import json, sys
                for line in sys.stdin:
                    print(1 - len(json.loads(line)["completion"].encode()) % 2, flush=True)
                """.utf8
            ).write(to: script)
            for (kept, isKept) in [
                ("correct", { (_: [TeacherCompletion], answer: TeacherCompletion) in answer.text.utf8.count % 2 == 0 }),
                (
                    "best",
                    { answers, answer in
                        (answers.first { $0.text.utf8.count % 2 == 0 } ?? answers[0]).sample == answer.sample
                    }
                ),
            ] {
                let result = try distill(
                    folder, kept, teacher: teacher.remote, "--teacher-samples", "3", "--teacher-temperature", "1", "--quality", "command",
                    "--quality-command", "python3 \(script.path)", "--keep-answers", kept)
                #expect(result.status == 0, "\(result.errors)")
                let answers = try read(TeacherCompletion.self, folder, "\(kept)/teacher.jsonl").filter { $0.split == .train }
                let expected = Dictionary(grouping: answers, by: \.id).values.flatMap { group in group.filter { isKept(group, $0) } }
                #expect(expected.count > 3 && expected.count < answers.count)
                let drops = try read(Drop.self, folder, "\(kept)/drops.jsonl").filter { $0.state == .lowQuality }
                #expect(drops.count == answers.count - expected.count)
                let pairs = try read(PreferencePair.self, folder, "\(kept)/pairs.jsonl")
                #expect(Set(pairs.map(\.chosen!)).isSubset(of: Set(expected.map(\.text))))
            }
        }
    }

    @Test(arguments: [
        (
            ["--unpaid-prompts", "unpaid.jsonl"],
            "--unpaid-prompts holds prompts without a teacher's text to rank: give --rank samples or both"
        ),
        (["--rank", "samples", "--unpaid-prompts", "unpaid.jsonl", "--quality", "likeness"], "quality by likeness needs its text"),
        (["--quality", "command"], "--quality-command is missing"),
        (["--quality-command", "cat"], "--quality-command is given"),
        (["--quality", "judge"], "no judging model is named; give --judge-remote and --judge-model"),
        (["--min-gap", "2"], "--min-gap 2.0: give 0 to 1"),
        (["--rank", "sample"], "the value 'sample' is invalid for '--rank <rank>'. Please provide one of 'teacher', 'samples' or 'both'"),
        (
            ["--quality", "fact"],
            "one of the following: facts, answer, json, likeness, agreement, judge, command, critic; see plad distill --help"
        ),
        (["--unpaid-limit", "-1"], "--unpaid-limit -1: give 0 or more"),
    ])
    func whatCannotBeRankedIsRefusedBeforeTheTeacherIsPaid(_ flags: [String], _ message: String) throws {
        try PladProcess.withFolder { folder in
            try write(folder)
            let flags = flags.map { $0 == "unpaid.jsonl" ? folder.appendingPathComponent($0).path : $0 }
            let result = try PladProcess.run(
                [
                    "distill", "--remote", "http://127.0.0.1:9/v1", "--teacher-model", "m", "--student", student, "--prompts",
                    folder.appendingPathComponent("prompts.jsonl").path, "--out", folder.appendingPathComponent("run").path,
                ] + flags)
            #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run/run.json").path))
        }
    }
}
