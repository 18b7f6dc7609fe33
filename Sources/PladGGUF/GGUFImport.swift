package import Foundation
import PladRecords
import PladStudent

/// A GGUF file as a Hugging Face folder: weights widened to float32, config.json, tokenizer and chat template.
package struct GGUFImport {
    private let document: GGUFDocument
    private let architecture: GGUFArchitecture
    /// Content of config.json.
    let configuration: [String: JSONValue]
    private let tokenizer: GGUFTokenizerReading
    /// Names in the folder, in their order, of the tensors of the file.
    private let tensors: [(name: String, source: String)]

    /// Reads the file's head. Throws `GGUFError` with the path for a damaged file, and for an architecture, a tensor or a tokenizer that
    /// plad does not know.
    package init(_ file: URL) throws { try self.init(Data(reading: file), path: file.path) }

    /// Reads a file in memory, like `init(_:)`; errors name it `path`.
    package init(_ data: Data, path: String) throws {
        document = try GGUFDocument(data, path: path)
        let fields = GGUFFields(document)
        let name = try fields.text("general.architecture")
        guard let found = GGUFArchitecture.all.first(where: { $0.name == name }) else {
            let known = GGUFArchitecture.all.map(\.name).joined(separator: ", ")
            throw fields.refuse("general.architecture is \(name); plad reads \(known)")
        }
        if let parts = fields.value("split.count")?.int, parts > 1 {
            throw fields.refuse("it is one of \(parts) parts; join them with llama.cpp's llama-gguf-split")
        }
        for (key, harmless) in [("expert_count", 0.0), ("attn_logit_softcapping", 0), ("final_logit_softcapping", 0)] {
            if let value = fields.value("\(name).\(key)")?.double, value != harmless {
                throw fields.refuse("\(name).\(key) is \(value), which plad's \(name) does not have")
            }
        }
        architecture = found
        tokenizer = try GGUFTokenizerReading(fields)
        var configuration = try found.reading(fields)
        configuration["bos_token_id"] = tokenizer.start.map { .int(Int64($0)) }
        configuration["eos_token_id"] =
            tokenizer.ends.count == 1 ? .int(Int64(tokenizer.ends[0])) : .array(tokenizer.ends.map { .int(Int64($0)) })
        configuration["dtype"] = "float32"
        self.configuration = configuration
        tensors = try document.tensors.keys.sorted().filter { $0 != "rope_freqs.weight" }.map { source in
            guard let name = found.studentName(source) else { throw fields.refuse("tensor \(source) is none of \(found.name)") }
            return (name, source)
        }
    }

    /// Writes the folder as a whole, once it can be read as a student. Throws `RecordError.unwritable`, and `StudentError` if the file's
    /// tensors are not those of its metadata.
    package func write(to folder: URL) throws { try StudentFolder.replace(folder, build) }

    private func build(_ folder: URL) throws {
        func write(_ value: JSONValue, _ name: String) throws {
            try Data((value.canonical + "\n").utf8).write(atomicallyTo: folder.appendingPathComponent(name))
        }
        try write(.object(configuration), "config.json")
        try Data(tokenizer.file.text.utf8).write(atomicallyTo: folder.appendingPathComponent("tokenizer.json"))
        try write(tokenizer.settings, "tokenizer_config.json")
        try write(.object(["eos_token_id": .array(tokenizer.ends.map { .int(Int64($0)) })]), "generation_config.json")
        if let template = tokenizer.chatTemplate {
            try Data(template.utf8).write(atomicallyTo: folder.appendingPathComponent("chat_template.jinja"))
        }
        do {
            try Safetensors.write(try weights(), as: .f32, to: folder.appendingPathComponent("model.safetensors"))
            _ = try Student(folder: folder, threads: 1)
        } catch let error as any Failure where !(error is RecordError) {
            // The words are of the folder that was to be: whose fault it is is the file's.
            let words = error.message.replacingOccurrences(of: folder.path + "/", with: "")
            throw GGUFError(
                .file, "\(document.path): its tensors or numbers make no student (\(words)); fetch the file again, or take another")
        }
    }

    /// The tensors in the order and layout of the student's family.
    private func weights() throws -> Weights {
        var offset = 0
        let layouts = tensors.map { name, source in
            let tensor = document.tensors[source]!
            defer { offset += tensor.count }
            return TensorLayout(
                name: name, shape: tensor.shape, offset: offset,
                isTransposedInFile: tensor.shape.count == 2 && architecture.transposed.contains { name.hasSuffix($0) })
        }
        let weights = try Weights(tensors: layouts, place: document.path)
        let heads = (
            query: configuration["num_attention_heads"]?.int ?? 1,
            key: configuration["num_key_value_heads"]?.int ?? configuration["num_attention_heads"]?.int ?? 1
        )
        for (layout, (_, source)) in zip(layouts, tensors) {
            let (target, tensor) = (weights.mutableValues(of: layout), document.tensors[source]!)
            var place = 0
            try document.values(of: tensor) { values in
                (target.baseAddress! + place).update(from: values.baseAddress!, count: values.count)
                place += values.count
            }
            guard let count = architecture.reorderedHeads(source, query: heads.query, key: heads.key) else { continue }
            let (rows, row) = (tensor.shape[0], tensor.count / tensor.shape[0])
            guard rows % (2 * count) == 0 else { continue }
            let copy = Array(target)
            for number in 0..<rows {
                let source = GGUFExport.reordered(number, heads: count, rows: rows)
                for column in 0..<row { target[source * row + column] = copy[number * row + column] }
            }
        }
        return weights
    }
}

/// Reads a document's metadata with errors that name the key.
struct GGUFFields {
    let document: GGUFDocument

    init(_ document: GGUFDocument) { self.document = document }

    func refuse(_ problem: String) -> GGUFError { GGUFError(.file, "\(document.path): \(problem)") }

    func value(_ key: String) -> JSONValue? { document.metadata[key] }

    func text(_ key: String) throws -> String {
        guard let text = value(key)?.string else { throw refuse("\(key) is missing or no text") }
        return text
    }

    func count(_ key: String, default fallback: Int? = nil) throws -> Int {
        guard let found = value(key) else {
            guard let fallback else { throw refuse("\(key) is missing") }
            return fallback
        }
        // One number for each layer, where all are the same.
        let each = found.array.map { Set($0.map(\.int)) }
        guard let count = found.int ?? (each?.count == 1 ? each!.first! : nil), count > 0 else {
            throw refuse("\(key) is no number above 0, the same for all layers")
        }
        return count
    }

    func number(_ key: String, default fallback: Double? = nil) throws -> JSONValue {
        guard let number = value(key)?.double ?? fallback, number.isFinite else { throw refuse("\(key) is missing or no finite number") }
        // A float32 in decimal digits that are read back as the same.
        return .double(Double("\(Float(number))") ?? number)
    }

    func has(_ tensor: String) -> Bool { document.tensors[tensor] != nil }

    /// Number of rows of the embedding.
    var vocabularySize: Int {
        get throws {
            guard let embedding = document.tensors["token_embd.weight"], embedding.shape.count == 2 else {
                throw refuse("there is no token_embd.weight, a matrix")
            }
            return embedding.shape[0]
        }
    }
}
