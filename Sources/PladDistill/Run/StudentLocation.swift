package import Foundation
import PladHub
import PladRecords
package import PladStudent

/// Finds the files of a student.
package enum StudentLocation {
    /// The folder of a student: as given, or `org/name` in the local Hugging Face cache (`HF_HUB_CACHE`, `HF_HOME/hub` or
    /// `~/.cache/huggingface/hub`, revision `main`). Throws `RecordError.unreadable` with the way to fetch it.
    package static func resolve(_ name: String) throws -> URL {
        let folder = URL(fileURLWithPath: name)
        if Files.exists(folder.appendingPathComponent("config.json")) || Files.exists(folder.appendingPathComponent("adapter_config.json"))
        {
            return folder
        }
        if Files.exists(folder) {
            throw RecordError(
                .unreadable, "\(name) holds no config.json: give a Hugging Face model folder (config.json, *.safetensors, tokenizer.json)")
        }
        guard let model = try? HubModel(name) else {
            throw RecordError(
                .unreadable,
                "there is no folder \(name): give a Hugging Face model folder, or org/name of a model in the local Hugging Face cache")
        }
        let hub = HubCache()
        if let snapshot = hub.snapshot(of: model), Files.exists(snapshot.appendingPathComponent("config.json")) { return snapshot }
        throw RecordError(
            .unreadable,
            "there is no folder \(name), and no such model in the Hugging Face cache \(hub.root.path); fetch it there first: `HubPull` \(name)"
        )
    }

    /// The folder of a student's tokenizer: its own, that of an adapter's base, or one with only a tokenizer.
    package static func tokenizer(_ name: String) throws -> URL {
        let folder = URL(fileURLWithPath: name)
        if Files.exists(folder.appendingPathComponent("tokenizer.json")) { return folder }
        let student = try resolve(name)
        return try base(ofAdapter: student) ?? student
    }

    /// The base model of an adapter's folder, from a path relative to it or org/name; nil for a model's own folder.
    package static func base(ofAdapter folder: URL) throws -> URL? {
        guard let name = try Student.base(ofAdapter: folder) else { return nil }
        let near = folder.appendingPathComponent(name).standardizedFileURL
        if !name.hasPrefix("/"), Files.exists(near) { return near }
        do {
            return try resolve(name)
        } catch let error as RecordError {
            throw RecordError(
                error.code,
                "\(folder.path)/adapter_config.json: \"base_model_name_or_path\" (\(name)), as seen from that folder or as a name: \(error.message)"
            )
        }
    }

    /// A digest of the files that decide the student's results, by name and content.
    package static func digest(_ folder: URL) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".json") || $0.hasSuffix(".jinja") }.sorted()
        let parts = try names.map { "\($0) \(try Digest(contentsOf: folder.appendingPathComponent($0)))\n" }
        return Digest(of: parts.joined()).description
    }
}

extension Student {
    /// Reads the student in a folder; an adapter with the base model that it names.
    package convenience init(at folder: URL, threads: Int) throws {
        try self.init(folder: folder, base: try StudentLocation.base(ofAdapter: folder), threads: threads)
    }

    /// Number of the student's weights.
    package var parameterCount: Int { shape.parameters }
    /// Number of weights, or of its adapter's, that training changes.
    package var trainableCount: Int { shape.trainableParameters }
}
