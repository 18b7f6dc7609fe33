import Foundation
import PladRecords
import PladStudent
import PladTestSupport
import Testing

/// A whole student with one damaged file is refused, or computes.
struct FuzzStudentTests {
    private static let names = ["config.json", "generation_config.json", "model.safetensors", "model.safetensors.index.json"]

    @Test(arguments: Golden.names)
    func damagedStudentsAreRefusedOrCompute(name: String) throws {
        let folder = try TemporaryFolder(of: name)
        let weights = try [UInt8](folder.bytes("model.safetensors"))
        // The same weights once as a single file and once through an index.
        let tensors = try Safetensors(Data(weights), path: name).entries.keys
        let map = JSONValue.object(Dictionary(uniqueKeysWithValues: tensors.map { ($0, "shard.safetensors") }))
        try folder.write(JSONValue.object(["metadata": ["total_size": 1], "weight_map": map]).canonical, "model.safetensors.index.json")
        try Data(weights).write(to: folder.file("shard.safetensors"))
        for file in Self.names {
            let isWeights = file == "model.safetensors"
            let isIndex = file == "model.safetensors.index.json"
            let original = isWeights ? weights : try [UInt8](folder.bytes(file))
            if isIndex { try FileManager.default.removeItem(at: folder.file("model.safetensors")) }
            let share = (isWeights ? 0.001 : 0.003) / Double(Golden.names.count)
            try Fuzzing(name: "\(name) \(file)", share: share).run([original], isJSON: !isWeights) { bytes, mutator in
                try Data(bytes).write(to: folder.file(file))
                let student = try Student(folder: folder.url, threads: 1)
                try compute(student, &mutator)
            }
            if !isIndex { try Data(original).write(to: folder.file(file)) }
        }
    }

    /// An adapter with a damaged file is refused, or its student computes.
    @Test(arguments: AdapterTests.names)
    func damagedAdaptersAreRefusedOrCompute(name: String) throws {
        let folder = try TemporaryFolder()
        let source = Golden.folder(name).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("adapters/\(name)")
        let files = ["adapter_config.json", "adapter_model.safetensors"]
        let originals = try files.map { [UInt8](try Data(contentsOf: source.appendingPathComponent($0))) }
        for (file, bytes) in zip(files, originals) { try Data(bytes).write(to: folder.file(file)) }
        let student = try Golden.student(name, threads: 1)
        for (file, original) in zip(files, originals) {
            let share = 0.005 / Double(AdapterTests.names.count)
            try Fuzzing(name: "\(name) \(file)", share: share).run([original], isJSON: file.hasSuffix("json")) { bytes, mutator in
                try Data(bytes).write(to: folder.file(file))
                try student.attachAdapter(from: folder.url)
                try compute(student, &mutator)
            }
            try Data(original).write(to: folder.file(file))
        }
    }

    private func compute(_ student: Student, _ mutator: inout Mutator) throws {
        let tokens = (0..<4).map { _ in TokenID(mutator.pick(min(student.configuration.vocabularySize, 1000))) }
        _ = try student.logProbabilities(of: [PromptTree(prompt: tokens, continuations: [tokens, [tokens[0]]])])
    }
}
