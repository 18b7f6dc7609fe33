import PladRecords
package import PladStudent

/// llama.cpp's words for a family: the architecture's name, its sizes and its tensors. One small file each.
package struct GGUFArchitecture: Sendable {
    /// Value of `general.architecture`, and the prefix of its keys.
    package let name: String
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
    /// Endings of the matrices that the family's folders hold as [inputs, outputs].
    var transposed: [String] = []
    /// Makes the content of config.json from a file's metadata.
    let reading: @Sendable (GGUFFields) throws -> [String: JSONValue]

    static let all: [GGUFArchitecture] = [.llama, .qwen2, .qwen3, .gpt2]

    /// The architecture of a student. Throws `GGUFError.model` if llama.cpp has none that computes the same.
    package static func of(_ configuration: StudentConfiguration) throws -> GGUFArchitecture {
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
    package func tensorName(_ name: String) throws -> String {
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

    /// The student's name of a tensor; nil for one that the architecture does not have.
    func studentName(_ name: String) -> String? {
        let ending = name.hasSuffix(".bias") ? ".bias" : ".weight"
        guard name.hasSuffix(ending) else { return nil }
        let stem = String(name.dropLast(ending.count))
        if let found = outer.first(where: { $0.value == stem }) { return found.key + ending }
        let parts = stem.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, parts[0] == "blk", let number = Int(parts[1]), "\(number)" == parts[1],
            let found = inner.first(where: { $0.value == parts[2] })
        else { return nil }
        return "\(layer)\(number).\(found.key)\(ending)"
    }

    /// Number of heads whose rows are put in another order; nil if the tensor stays as it is.
    func reorderedHeads(_ name: String, query: Int, key: Int) -> Int? {
        guard turnsNeighbours else { return nil }
        return name.contains("attn_q.") ? query : name.contains("attn_k.") ? key : nil
    }
}
