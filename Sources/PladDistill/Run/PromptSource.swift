package import Foundation
package import PladRecords

/// The prompts by the settings: for training and held out, with the wording for teacher and student.
package struct PromptSource {
    package var train: [Prompt]
    package var valid: [Prompt]
    /// Prompts to report on, from a separate file; empty if there is none.
    package var test: [Prompt]
    /// Prompts that are never sent to the teacher.
    package var unpaid: [Prompt]
    var task: TaskDefinition
    /// Number of training prompts moved to the held-out ones because a held-out prompt has the same text: a student is not measured on
    /// a text that it was trained on.
    package private(set) var moved = 0
    /// Number of validation prompts moved to the reported ones because one of these has the same text: by what is reported on nothing
    /// is chosen.
    package private(set) var movedToTest = 0
    /// Number of unpaid prompts dropped because another prompt has the same text.
    package private(set) var known = 0

    /// Reads a file, standard input (`-`) or a task folder (`task.yaml`, `train.jsonl`, `valid.jsonl`).
    ///
    /// Without a file of held-out prompts, a share of the prompts is held out. Prompts of the same text stay together; the groups whose
    /// first id has the smallest digest with the seed are held out, so that additional prompts move few others.
    package init(_ settings: PromptSettings, seed: UInt64) throws {
        let name = try settings.source.required(
            "prompts.source", "a file of prompts, a task's name, or - for standard input")
        let folder = Self.taskFolder(name)
        task = try folder.map { try TaskDefinition(contentsOf: $0.appendingPathComponent("task.yaml")) } ?? TaskDefinition()
        train =
            name == "-"
            ? try PromptFile.parse(FileHandle.standardInput.readDataToEndOfFile(), name: "standard input")
            : try Self.read(folder?.appendingPathComponent("train.jsonl") ?? URL(fileURLWithPath: name))
        try Self.checkIDs(train, name)
        (valid, test, unpaid) = ([], [], [])
        let taskValid = folder.map { $0.appendingPathComponent("valid.jsonl") }.flatMap { Files.exists($0) ? $0 : nil }
        if let file = settings.heldOutFile.map({ URL(fileURLWithPath: $0) }) ?? taskValid {
            valid = try Self.read(file)
        } else if settings.heldOutShare > 0 {
            holdOut(share: settings.heldOutShare, seed: seed)
        }
        let taskTest = folder.map { $0.appendingPathComponent("test.jsonl") }.flatMap { Files.exists($0) ? $0 : nil }
        test = try (settings.testFile.map { URL(fileURLWithPath: $0) } ?? taskTest).map(Self.read) ?? []
        if let limit = settings.limit { train = Array(train.prefix(limit)) }
        guard !train.isEmpty else { throw RecordError(.malformed, "\(name) holds no prompts to train on") }
        unpaid = try settings.unpaidFile.map { try Self.read(URL(fileURLWithPath: $0)) } ?? []
        nameApart()
        try Self.checkIDs(train + valid + test + unpaid, "training, held-out and unpaid prompts together")
        // The student may learn nothing about a held-out text, and a paid one is sampled as it is.
        let others = Set((train + valid + test).map(\.textDigest))
        known = unpaid.count { others.contains($0.textDigest) }
        unpaid.removeAll { others.contains($0.textDigest) }
        let count = train.count
        move(from: \.train, to: \.test)
        move(from: \.train, to: \.valid)
        moved = count - train.count
        let choosing = valid.count
        move(from: \.valid, to: \.test)
        movedToTest = choosing - valid.count
        guard !train.isEmpty else {
            throw RecordError(.malformed, "every training prompt of \(name) is held out too; hold other prompts out")
        }
    }

    /// Names prompts without ids by their lines and, if there are several files, by the file as well.
    private mutating func nameApart() {
        var taken = Set(train.map(\.id))
        for (kind, side) in [("valid", \Self.valid), ("test", \.test), ("unpaid", \.unpaid)] {
            for index in self[keyPath: side].indices {
                let id = self[keyPath: side][index].id
                if taken.contains(id), id.wholeMatch(of: /line-\d+/) != nil { self[keyPath: side][index].id = "\(kind)-\(id)" }
            }
            taken.formUnion(self[keyPath: side].map(\.id))
        }
    }

    /// Moves prompts whose text is on the other side as well.
    private mutating func move(from side: WritableKeyPath<Self, [Prompt]>, to other: WritableKeyPath<Self, [Prompt]>) {
        let texts = Set(self[keyPath: other].map(\.textDigest))
        self[keyPath: other] += self[keyPath: side].filter { texts.contains($0.textDigest) }
        self[keyPath: side].removeAll { texts.contains($0.textDigest) }
    }

    /// Holds out whole groups of prompts of one text up to the share, and leaves at least one group to train on.
    private mutating func holdOut(share: Double, seed: UInt64) {
        let groups = Dictionary(grouping: train, by: \.textDigest)
        let wanted = max(1, Int((share * Double(train.count)).rounded()))
        let drawn = groups.map { (draw: Digest(of: "\(seed):\($0.value[0].id)").description, text: $0.key, count: $0.value.count) }
        var held: Set<Digest> = []
        var count = 0
        for group in drawn.sorted(by: { $0.draw < $1.draw }).dropLast() where count < wanted {
            held.insert(group.text)
            count += group.count
        }
        valid = train.filter { held.contains($0.textDigest) }
        train.removeAll { held.contains($0.textDigest) }
    }

    private static func checkIDs(_ prompts: [Prompt], _ name: String) throws {
        var seen: Set<String> = []
        for prompt in prompts where !seen.insert(prompt.id).inserted {
            throw RecordError(
                .malformed, "\(name): the id \"\(prompt.id)\" occurs twice; ids name prompts in every record, so make them different")
        }
    }

    /// The folder of a task, by its path or by its name under `Prompts/`.
    private static func taskFolder(_ name: String) -> URL? {
        [name, "Prompts/" + name].map { URL(fileURLWithPath: $0) }.first { Files.exists($0.appendingPathComponent("task.yaml")) }
    }

    private static func read(_ file: URL) throws -> [Prompt] {
        guard Files.exists(file) else {
            throw RecordError(.unreadable, "there is no file \(file.path) and no task of that name under Prompts/")
        }
        guard !Files.isFolder(file) else {
            throw RecordError(.unreadable, "\(file.path) is a folder without task.yaml; give a file of prompts or a task's folder")
        }
        return try PromptFile.read(file)
    }

    /// Parses a person's prompts in memory; see `PromptFile`.
    package static func parse(_ data: Data, name: String) throws -> [Prompt] { try PromptFile.parse(data, name: name) }
}

extension Prompt {
    /// The digest of the messages, whatever the prompt's id; white space around a turn does not count.
    var textDigest: Digest {
        let turns = messages.flatMap { [$0.role, $0.content.trimmingCharacters(in: .whitespacesAndNewlines)] }
        return Digest(of: turns.map { "\($0.utf8.count):\($0)" }.joined())
    }
}
