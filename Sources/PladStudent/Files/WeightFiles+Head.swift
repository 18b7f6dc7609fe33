import Foundation
import PladRecords

extension WeightFiles {
    /// The configuration and names adjusted to the head and embedding that the files hold, as transformers 5 ties them
    /// (`modeling_utils.py`, `tie_weights`).
    ///
    /// A model whose configuration ties the two, but whose files hold different numbers for them, is read untied: dropping its head
    /// would change the model. If the files hold only the head, it is also the embedding.
    ///
    /// Throws `StudentError.tensors` if a stack has an embedding of its own that differs from the shared one.
    func settlingHead(_ configuration: StudentConfiguration, _ names: TensorNames) throws -> (StudentConfiguration, TensorNames) {
        var (configuration, names) = (configuration, names)
        if let shared = find(names.embedding, names.prefix) {
            for name in names.embeddingCopies {
                guard let copy = find(name, names.prefix), !Self.areEqual((copy.file, copy.entry), (shared.file, shared.entry)) else {
                    continue
                }
                throw StudentError(
                    .tensors,
                    "\(copy.file.path): \"\(name)\" differs from \"\(names.embedding)\"; plad reads students whose stacks share one embedding"
                )
            }
        }
        // T5's flag tells how the decoder's output is scaled; transformers always ties.
        if configuration.hasEncoder { configuration.tiedEmbeddings = true }
        guard configuration.tiedEmbeddings, let head = find(names.head, names.prefix) else { return (configuration, names) }
        if let embedding = find(names.embedding, names.prefix) {
            configuration.tiedEmbeddings = Self.areEqual((head.file, head.entry), (embedding.file, embedding.entry))
        } else {
            names.embedding = names.head
        }
        return (configuration, names)
    }

    /// True if two tensors have the same type, shape and bytes.
    private static func areEqual(
        _ a: (file: Safetensors, entry: Safetensors.Entry), _ b: (file: Safetensors, entry: Safetensors.Entry)
    ) -> Bool {
        guard a.entry.type == b.entry.type, a.entry.shape == b.entry.shape, a.entry.bytes.count == b.entry.bytes.count else { return false }
        return a.file.data.withUnsafeBytes { first in
            b.file.data.withUnsafeBytes { second in
                memcmp(first.baseAddress! + a.entry.bytes.lowerBound, second.baseAddress! + b.entry.bytes.lowerBound, a.entry.bytes.count)
                    == 0
            }
        }
    }
}
