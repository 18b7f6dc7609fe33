package import Foundation
import PladRecords

/// The files of a run by name. Each is written as a whole by one stage and read by later ones.
package struct RunFolder {
    package let url: URL
    /// Function that words the reasons in drops.jsonl, by `RunObserver.worded`.
    var worded: @Sendable (String) -> String = { $0 }

    package init(_ path: String) {
        url = URL(fileURLWithPath: path, isDirectory: true)
    }

    package var record: URL { url.appendingPathComponent("run.json") }
    package var prompts: URL { url.appendingPathComponent("prompts.jsonl") }
    package var teacher: URL { url.appendingPathComponent("teacher.jsonl") }
    package var teach: URL { url.appendingPathComponent("teach.json") }
    package var samples: URL { url.appendingPathComponent("samples.jsonl") }
    package var pairs: URL { url.appendingPathComponent("pairs.jsonl") }
    package var drops: URL { url.appendingPathComponent("drops.jsonl") }
    package var log: URL { url.appendingPathComponent("log.jsonl") }
    package var student: URL { url.appendingPathComponent("student", isDirectory: true) }
    /// The choice of the student in `student/`, with its reason.
    package var choice: URL { url.appendingPathComponent("choice.json") }
    package var evaluation: URL { url.appendingPathComponent("evaluation.json") }
    /// The steps of the current training phase so far; log.jsonl gets them at the phase's end.
    package var liveLog: URL { url.appendingPathComponent(".log.jsonl.growing") }
    package var report: URL { url.appendingPathComponent("report.html") }

    /// Samples of the warmed-up student for held-out prompts, which every student is measured with.
    package var heldOutSamples: URL { url.appendingPathComponent("held-out/samples.jsonl") }

    /// The requests and tokens of remote judges, a line for each. Like teach.json it differs between a recording and its replay.
    package var judges: URL { url.appendingPathComponent("held-out/judges.jsonl") }

    /// The measurements of a student (`initial`, `warm-up`, `ranked`) on the held-out prompts, prompt by prompt.
    package func measurements(_ student: String) -> URL { url.appendingPathComponent("held-out/\(student).jsonl") }

    /// The completions by a student of the prompts that choose the one to keep.
    package func choosing(_ student: String) -> URL { url.appendingPathComponent("held-out/choosing-\(student).jsonl") }

    /// The student after a phase (`warm-up`, `round-1`, …), in float32.
    package func checkpoint(_ phase: String) -> URL {
        url.appendingPathComponent("checkpoints/\(phase)", isDirectory: true)
    }

    /// A phase's weights, moments and position while it trains.
    package func trainingState(_ phase: String) -> URL {
        url.appendingPathComponent("checkpoints/\(phase).state")
    }

    /// The log-probabilities of a phase's candidates before it.
    package func references(_ phase: String) -> URL {
        url.appendingPathComponent("checkpoints/\(phase).references.jsonl")
    }

    /// The critic by which a round's samples are ranked.
    package func critic(round: Int) -> URL { checkpoint("critic-\(round)") }

    /// The student that samples in a round: the warmed-up one, later that of the round before.
    package func sampler(round: Int) -> URL {
        checkpoint(round == 1 ? "warm-up" : "round-\(round - 1)")
    }

    /// True if a folder holds a complete student; its existence alone does not mean that.
    package func holdsStudent(_ folder: URL) -> Bool {
        Files.exists(folder.appendingPathComponent("model.safetensors"))
    }

    /// True if a run of these prompts can start here without overwriting anything: the folder is missing, or holds no file of a
    /// person's.
    func isFree(for prompts: Data) throws -> Bool {
        guard Files.exists(url) else { return true }
        guard Files.isFolder(url) else {
            throw SettingError(path: "run.folder", problem: "\(url.path) is a file; give the folder of the run")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path).filter { !$0.hasPrefix(".") }
        // A run that was killed as it began has its prompts already.
        return try names.isEmpty || names == [self.prompts.lastPathComponent] && Data(reading: self.prompts) == prompts
    }

    /// Throws `RunError.incomplete` with the stage that makes `file`, if it is missing.
    package func require(_ file: URL, madeBy stage: String) throws {
        guard Files.exists(file) else {
            throw RunError(.incomplete(stage: stage, folder: url.path), "\(url.path) has no \(file.lastPathComponent) yet")
        }
    }

    /// Replaces the records of `drops.jsonl` for which `isMine` is true by `drops`.
    func record(_ drops: [Drop], inPlaceOf isMine: (Drop) -> Bool) throws {
        let others = Files.exists(self.drops) ? try JSONLines.read(Drop.self, from: self.drops).filter { !isMine($0) } : []
        let worded = drops.map { drop in
            var drop = drop
            drop.detail = self.worded(drop.detail)
            return drop
        }
        try JSONLines.write(others + worded, to: self.drops)
    }
}
