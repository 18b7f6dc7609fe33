import Foundation
import PladEvaluation
package import PladRecords
import PladStudent

/// A comparison of students on the held-out prompts of one run: the same prompts, teacher's texts and samples for all.
package struct Comparison {
    /// A student to compare: in its own folder, or made by a run.
    private struct Entry {
        var name: String
        var location: URL
        /// Run that made it; nil for a student's own folder.
        var run: Run?
    }

    private let run: Run
    private let entries: [Entry]

    /// - Parameters:
    ///   - paths: folders of students and of runs; a run stands for its ranked student.
    ///   - path: run whose held-out prompts are used; by default the first run among `paths`.
    ///
    /// Throws `RunError` if there is no such run, or if a run was trained on prompts that are held out here.
    package init(_ paths: [String], on path: String?, observer: any RunObserver) throws {
        let parts = try paths.map { path -> Entry in
            let name = paths.count { Self.name(of: $0) == Self.name(of: path) } > 1 ? path : Self.name(of: path)
            guard Files.exists(RunFolder(path).record) else {
                return Entry(name: name, location: try StudentLocation.resolve(path))
            }
            let run = try Run(in: path, observer: observer)
            try run.folder.require(run.folder.student, madeBy: "train")
            return Entry(name: name, location: run.folder.student, run: run)
        }
        guard let run = try path.map({ try Run(in: $0, observer: observer) }) ?? parts.lazy.compactMap(\.run).first else {
            throw RunError(.usage, "none of these is a run; name the `run` whose held-out prompts they are to answer")
        }
        guard !run.prompts(run.reported).isEmpty else {
            throw RunError(.usage, "\(run.folder.url.path) holds out no prompts to compare students on")
        }
        self.run = run
        entries = parts
        for entry in parts { try check(entry) }
    }

    private static func name(of path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    /// Throws if the student was trained on the prompts, which would make it look better than it is.
    private func check(_ entry: Entry) throws {
        guard let other = entry.run else { return }
        let trained = Set(other.prompts(.train).map(\.messages))
        let known = run.prompts(run.reported).count { trained.contains($0.messages) }
        guard known == 0 else {
            throw RunError(
                .usage,
                "\(other.folder.url.path) was trained on \(known) of the prompts that \(run.folder.url.path) holds out; start both with one `prompts.held_out_file`, or put their own evaluations side by side"
            )
        }
    }

    package func callAsFunction() async throws -> Evaluation {
        let texts = try HeldOutTexts(run)
        var students: [[HeldOutMeasurement]] = []
        for entry in entries { students.append(try await measurements(of: entry, texts)) }
        // A prompt that one student cannot take is asked of none.
        let common = students.dropFirst().reduce(Set(students[0].map(\.id))) { $0.intersection($1.map(\.id)) }
        return try Evaluation(
            of: zip(entries, students).map { entry, prompts in
                try StudentMeasurements(name: entry.name, prompts: prompts.filter { common.contains($0.id) })
            },
            comparing: .withFirst, bootstrap: Bootstrap(seed: run.settings.run.seed))
    }

    private func measurements(of entry: Entry, _ texts: HeldOutTexts) async throws -> [HeldOutMeasurement] {
        let file = run.folder.measurements("ranked")
        if entry.run?.folder.url == run.folder.url, Files.exists(file) { return try JSONLines.read(HeldOutMeasurement.self, from: file) }
        let student = try Student(at: entry.location, threads: run.settings.student.threads ?? 1)
        let sharesTokens = try tokenizer(of: entry.location) == tokenizer(of: run.folder.student)
        if !sharesTokens {
            run.observer.notice("compare", "\(entry.name) has another tokenizer: its nats per token and lengths are in other tokens")
        }
        var measurements: [HeldOutMeasurement] = []
        let items = try texts.someItems(for: student, sharesTokens: sharesTokens).items
        try await HeldOutMeasuring(texts, student: student, name: entry.name)(items) { measurements += $0 }
        return measurements
    }

    private func tokenizer(of folder: URL) throws -> Digest {
        try Digest(contentsOf: StudentLocation.tokenizer(folder.path).appendingPathComponent("tokenizer.json"))
    }
}
