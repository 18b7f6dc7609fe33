import Foundation
import PladRecords
import Testing

/// What plad 0.1.0 has written (Tests/Fixtures/old-run/SOURCE.md) is opened, gone on with and replayed.
@Suite(.serialized) struct OldRunTests {
    private static let old = "Tests/Fixtures/old-run"
    private let files = PladProcess.checkout.appendingPathComponent(old)

    /// The command that the runs were begun with.
    private func distill(_ out: URL, _ more: String...) throws -> PladProcess.Result {
        try plad(
            [
                "distill", "--teacher-model", "llama-untied-sp", "--teacher-id", "fixture", "--keep-truncated",
                "--student", "\(Self.old)/student", "--prompts", "\(Self.old)/prompts.jsonl", "--max-tokens", "12", "--held-out", "0.25",
                "--batch-size", "4", "--threads", "1", "--seed", "5", "--epochs", "60", "--extra", "reasoning_effort=null",
                "--judge", "chrf", "--replay", "--out", out.path,
            ] + more)
    }

    private func plad(_ arguments: [String]) throws -> PladProcess.Result { try PladProcess.run(arguments, in: PladProcess.checkout) }

    private func copy(_ name: String, into folder: URL) throws -> URL {
        let copy = folder.appendingPathComponent(name)
        try FileManager.default.copyItem(at: files.appendingPathComponent(name), to: copy)
        return copy
    }

    private func weights(_ run: URL) throws -> [Float] {
        let data = try Data(contentsOf: run.appendingPathComponent("student/model.safetensors"))
        let header = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        return data.dropFirst(8 + header).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    /// Another processor, or other kernels, add the same numbers in another order: 284 steps of AdamW carry that on. Weights move by
    /// 0.01 in them.
    private func expectEqual(_ run: URL, _ other: URL) throws {
        let (a, b) = try (weights(run), weights(other))
        #expect(a.count == b.count && a.count > 10_000)
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 5e-4 })
    }

    private func evaluation(_ run: URL) throws -> Evaluation {
        try #require(try JSONLines.read(Evaluation.self, from: run.appendingPathComponent("evaluation.json")).first)
    }

    @Test func aFinishedRunIsReportedEvaluatedAndKnownAsDone() throws {
        try PladProcess.withFolder { folder in
            let run = try copy("finished", into: folder)
            let report = try plad(["report", "--run", run.path])
            #expect(report.status == 0, "\(report.errors)")
            let page = try String(contentsOf: run.appendingPathComponent("report.html"), encoding: .utf8)
            #expect(page.contains("</html>") && page.contains("llama-untied-sp"))

            let known = try evaluation(run)
            for file in ["evaluation.json", "held-out"] { try FileManager.default.removeItem(at: run.appendingPathComponent(file)) }
            let measured = try plad(["evaluate", "--run", run.path, "--judge", "chrf"])
            #expect(measured.status == 0, "\(measured.errors)")
            let again = try evaluation(run)
            #expect(again.students.map(\.name) == known.students.map(\.name))
            #expect(again.judgements?.map(\.judge) == known.judgements?.map(\.judge))
            for (now, before) in zip(again.students, known.students) {
                let distance = abs(now.teacherNegativeLogLikelihood.mean - before.teacherNegativeLogLikelihood.mean)
                #expect(distance < 1e-4, "\(now.name)")
            }

            let done = try distill(run, "--cache", "\(Self.old)/answers.jsonl")
            #expect(done.status == 0, "\(done.errors)")
            for stage in ["teach", "warm-up", "sample", "pair", "round-1", "evaluate"] {
                #expect(
                    done.errors.split(separator: "\n").contains { $0.hasPrefix(stage) && $0.hasSuffix(" done before") },
                    "\(stage): \(done.errors)")
            }
            let other = try distill(run, "--cache", "\(Self.old)/answers.jsonl", "--margin", "2")
            #expect(other.status == 64 && other.errors.contains("--margin"), "\(other.errors)")
        }
    }

    @Test func anInterruptedRunGoesOnFromTheStepThatItHadReached() throws {
        try PladProcess.withFolder { folder in
            let run = try copy("interrupted", into: folder)
            let rest = try distill(run, "--cache", try copy("answers.sqlite", into: folder).path)
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(rest.errors.contains(/round-1 +going on from step [0-9]+ of 270/), "\(rest.errors)")
            try expectEqual(run, files.appendingPathComponent("finished"))
        }
    }

    @Test func aCacheAndARecordingReplayIntoTheSameRun() throws {
        try PladProcess.withFolder { folder in
            let caches = [try copy("answers.sqlite", into: folder).path, "\(Self.old)/answers.jsonl"]
            for (index, cache) in caches.enumerated() {
                let run = folder.appendingPathComponent("replayed-\(index)")
                let replayed = try distill(run, "--cache", cache, "--install", "last", "--min-pairs", "1")
                #expect(replayed.status == 0, "\(replayed.errors)")
                let (now, before) = try (
                    JSONLines.read(TeacherCompletion.self, from: run.appendingPathComponent("teacher.jsonl")),
                    JSONLines.read(TeacherCompletion.self, from: files.appendingPathComponent("finished/teacher.jsonl"))
                )
                #expect(now == before && now.count == 24)
                try expectEqual(run, files.appendingPathComponent("finished"))
            }
        }
    }
}
