package import Foundation
package import PladRecords

/// The prompts that settings name: those to train on, those held out, and how both are put to teacher and student.
package struct PromptSource {
    var train: [Prompt]
    var valid: [Prompt]
    /// Those of a file of their own to report on; none where there is no such file.
    var test: [Prompt]
    var task: TaskDefinition

    /// Reads a file, standard input (`-`) or a task folder (`task.yaml`, `train.jsonl`, `valid.jsonl`).
    ///
    /// Without a file of held-out prompts, a share of the prompts is held out: those whose id has the smallest digest
    /// with the seed, so that adding prompts moves few others.
    init(_ settings: PromptSettings, seed: UInt64) throws {
        let name = try settings.source.required(
            "prompts.source", "a file of prompts, a task's name, or - for standard input")
        let folder = Self.taskFolder(name)
        task = try folder.map { try TaskDefinition(contentsOf: $0.appendingPathComponent("task.yaml")) } ?? TaskDefinition()
        train =
            name == "-"
            ? try Self.parse(FileHandle.standardInput.readDataToEndOfFile(), name: "standard input")
            : try Self.read(folder?.appendingPathComponent("train.jsonl") ?? URL(fileURLWithPath: name))
        try Self.checkIDs(train, name)
        (valid, test) = ([], [])
        let taskValid = folder.map { $0.appendingPathComponent("valid.jsonl") }.flatMap { Files.exists($0) ? $0 : nil }
        if let file = settings.heldOutFile.map({ URL(fileURLWithPath: $0) }) ?? taskValid {
            valid = try Self.read(file)
        } else if settings.heldOutShare > 0 {
            try holdOut(share: settings.heldOutShare, seed: seed)
        }
        let taskTest = folder.map { $0.appendingPathComponent("test.jsonl") }.flatMap { Files.exists($0) ? $0 : nil }
        test = try (settings.testFile.map { URL(fileURLWithPath: $0) } ?? taskTest).map(Self.read) ?? []
        if let limit = settings.limit { train = Array(train.prefix(limit)) }
        guard !train.isEmpty else { throw RecordError(.malformed, "\(name) holds no prompts to train on") }
        try Self.checkIDs(train + valid + test, "training and held-out prompts together")
    }

    private mutating func holdOut(share: Double, seed: UInt64) throws {
        let count = train.count < 2 ? 0 : max(1, Int((share * Double(train.count)).rounded()))
        let drawn = train.map { (digest: Digest(of: "\(seed):\($0.id)").description, id: $0.id) }.sorted { $0.digest < $1.digest }
        let held = Set(drawn.prefix(count).map(\.id))
        valid = train.filter { held.contains($0.id) }
        train.removeAll { held.contains($0.id) }
    }

    private static func checkIDs(_ prompts: [Prompt], _ name: String) throws {
        var seen: Set<String> = []
        for prompt in prompts where !seen.insert(prompt.id).inserted {
            throw RecordError(
                .malformed, "\(name): the id \"\(prompt.id)\" stands twice; ids name prompts in every record, so make them different")
        }
    }

    /// A folder given by its path, or by its name under `Prompts/`.
    private static func taskFolder(_ name: String) -> URL? {
        [name, "Prompts/" + name].map { URL(fileURLWithPath: $0) }.first { Files.exists($0.appendingPathComponent("task.yaml")) }
    }

    private static func read(_ file: URL) throws -> [Prompt] {
        guard Files.exists(file) else {
            throw RecordError(.unreadable, "there is no file \(file.path) and no task of that name under Prompts/")
        }
        return try parse(try Data(reading: file), name: file.path)
    }

    /// JSON lines where the first line begins a JSON object, else a plain prompt a line, named `line-1`, `line-2`, …
    package static func parse(_ data: Data, name: String) throws -> [Prompt] {
        // Editors of another system begin files with a mark and end lines with two characters.
        let data = data.starts(with: [0xef, 0xbb, 0xbf]) ? Data(data.dropFirst(3)) : data
        let lines = JSONLines.lines(of: data)
        guard let first = lines.first?.line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return [] }
        if first == UInt8(ascii: "[") {
            throw RecordError(
                .malformed, "\(name) begins with \"[\": give JSON lines, one {\"id\", \"prompt\"} a line, or plain text a line")
        }
        if first == UInt8(ascii: "{") {
            let prompts = try JSONLines.parse(Prompt.self, data, name: name)
            for (prompt, line) in zip(prompts, lines) where prompt.messages.allSatisfy({ $0.content.allSatisfy(\.isWhitespace) }) {
                throw RecordError(.malformed, "\(name):\(line.number): the prompt \"\(prompt.id)\" is empty; write it or remove the line")
            }
            return prompts
        }
        return try lines.map { number, line in
            guard let text = String(data: line, encoding: .utf8) else {
                throw RecordError(.malformed, "\(name):\(number): is not UTF-8 text; convert the file or remove the line")
            }
            return Prompt(id: "line-\(number)", text: text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }
}
