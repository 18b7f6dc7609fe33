import PladRecords
import PladStudent

/// llama.cpp's words for a family: the architecture's name, its sizes and its tensors. One small file each.
struct GGUFArchitecture: Sendable {
    /// Value of `general.architecture`, and the prefix of its keys.
    let name: String
    /// Families of students that llama.cpp computes as this architecture.
    let families: [String]
    /// Keys and values, without the prefix, beside those that every architecture has.
    let metadata: @Sendable (StudentConfiguration) throws -> [(String, GGUFValue)]
    /// Names of the tensors outside the layers, without ".weight" and ".bias".
    let outer: [String: String]
    /// Prefix of a layer's tensors, before its number.
    let layer: String
    /// Names of a layer's tensors, without ".weight" and ".bias".
    let inner: [String: String]
    /// True if llama.cpp turns neighbouring values of a head, where the student turns those half a head apart: rows of query and key are
    /// put in another order.
    var turnsNeighbours = false

    static let all: [GGUFArchitecture] = [.llama, .qwen2, .qwen3, .gpt2]

    /// The architecture of a student. Throws `GGUFError.model` if llama.cpp has none that computes the same.
    static func of(_ configuration: StudentConfiguration) throws -> GGUFArchitecture {
        guard let found = all.first(where: { $0.families.contains(configuration.family) }) else {
            let known = all.flatMap(\.families).joined(separator: ", ")
            throw GGUFError(.model, "plad writes no GGUF of the family \(configuration.family); it writes those of \(known)")
        }
        return found
    }

    /// Keys and values of the architecture, with its prefix.
    func allMetadata(_ configuration: StudentConfiguration) throws -> [(String, GGUFValue)] {
        var values: [(String, GGUFValue)] = [
            // A window that is never left is the same as none, and llama.cpp has none in these architectures.
            ("context_length", .count(configuration.windows.compactMap { $0 }.reduce(configuration.contextLength, min))),
            ("embedding_length", .count(configuration.width)),
            ("block_count", .count(configuration.layerCount)),
            ("feed_forward_length", .count(configuration.feedForwardWidth)),
            ("attention.head_count", .count(configuration.headCount)),
            ("attention.head_count_kv", .count(configuration.keyValueHeadCount)),
            ("vocab_size", .count(configuration.vocabularySize)),
        ]
        values += try metadata(configuration)
        return values.map { ("\(name).\($0)", $1) }
    }

    /// The name of a student's tensor. Throws `GGUFError.model` for one that the architecture does not have.
    func tensorName(_ name: String) throws -> String {
        let (stem, ending) = name.hasSuffix(".bias") ? (name.dropLast(5), ".bias") : (name.dropLast(7), ".weight")
        if let found = outer[String(stem)] { return found + ending }
        if stem.hasPrefix(layer) {
            let parts = stem.dropFirst(layer.count).split(separator: ".", maxSplits: 1)
            if parts.count == 2, let number = Int(parts[0]), let found = inner[String(parts[1])] {
                return "blk.\(number).\(found)\(ending)"
            }
        }
        throw GGUFError(.model, "llama.cpp's \(self.name) has no tensor like \(name)")
    }

    /// Number of heads whose rows are put in another order; nil if the tensor stays as it is.
    func reorderedHeads(_ name: String, _ configuration: StudentConfiguration) -> Int? {
        guard turnsNeighbours else { return nil }
        if name.contains("attn_q.") { return configuration.headCount }
        return name.contains("attn_k.") ? configuration.keyValueHeadCount : nil
    }
}
