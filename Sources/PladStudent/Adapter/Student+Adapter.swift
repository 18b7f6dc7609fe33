package import Foundation
import PladRecords
import PladTensor

extension Student {
    /// The tensors that training changes: the adapter's, or all of the student's own, which `makeTrainable` must have copied to memory
    /// first.
    package var trainable: Weights { adapter?.weights ?? weights }

    /// Copies the tensors that training changes from their file to memory. Throws what `ownWeights` throws.
    package func makeTrainable() throws {
        if adapter == nil { try ownWeights() }
    }

    /// Attaches a new adapter, which changes nothing yet: b is 0, a is random. The same seed gives the same values.
    ///
    /// Throws `StudentError.config` if a target names no linear layer.
    package func attachAdapter(_ settings: LoRA, seed: UInt64) throws {
        let weights = try Weights(tensors: layout(of: settings), place: "the adapter of rank \(settings.rank)")
        weights.drawRandomly(seed: seed)
        attach(Adapter(settings: settings, weights: weights))
    }

    /// Attaches the adapter in a PEFT folder. Throws `StudentError` with the file, the tensor and the numbers.
    package func attachAdapter(from folder: URL) throws {
        let settings = try AdapterFolder.read(folder).settings
        attach(try AdapterFolder.adapter(settings, layout: layout(of: settings), in: folder, workers: workers))
    }

    /// Adds the adapter's changes to the student's own weights and detaches it. Throws what `ownWeights` throws.
    package func mergeAdapter() throws {
        guard adapter != nil else { return }
        try ownWeights()
        for projection in model.tensors.projections {
            precondition(projection.parts.count == 1, "weights in memory lie together")
            for change in projection.loraDeltas { change.merge(into: projection.parts[0].weight, inputs: projection.inputs) }
        }
        attach(nil)
    }

    /// Writes the adapter as a PEFT folder, which names the student's own folder as its base. Throws `RecordError.unwritable`, `StudentError.files`.
    ///
    /// - Precondition: there is an adapter.
    package func saveAdapter(to folder: URL) throws {
        guard let adapter else { preconditionFailure("a student without an adapter") }
        try weights.requireUnchanged()
        try AdapterFolder.write(
            adapter, base: self.folder.standardizedFileURL.path, configuration: configuration, isTransposed: names.transposesProjections,
            companions: companions, to: folder)
    }

    /// The tensors of an adapter. Throws `StudentError.config` if a target names no linear layer.
    private func layout(of settings: LoRA) throws -> [TensorLayout] {
        try ModelTensors.check(settings, configuration, names: names, place: folder.path)
        return ModelTensors.layouts(configuration, names: names, adapter: settings).adapter
    }
}

extension ModelTensors {
    /// Throws `StudentError.config` if a target of an adapter names no linear layer of the model at `place`.
    static func check(_ settings: LoRA, _ configuration: StudentConfiguration, names: TensorNames, place: String) throws {
        func adapter(_ targets: [String]) -> [TensorLayout] {
            layouts(configuration, names: names, adapter: LoRA(rank: 1, alpha: 1, targets: targets)).adapter
        }
        for target in settings.targets where adapter([target]).isEmpty {
            let layers = Set(
                adapter([LoRA.allLinear]).map { String($0.name.dropLast(".lora_A.weight".count).split(separator: ".").last!) })
            throw StudentError(
                .config,
                "the adapter's target \(target): no linear layer of \(place) is named so; there are: \(layers.sorted().joined(separator: ", "))"
            )
        }
    }
}
