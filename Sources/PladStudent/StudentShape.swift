package import Foundation
import PladTensor

/// The size of a student according to its config.json, known before any weight is read.
package struct StudentShape: Sendable {
    package let configuration: StudentConfiguration
    /// Number of the model's own parameters, and of the adapter's.
    package let parameters, adapterParameters: Int
    private let hasAdapter: Bool
    private let names: @Sendable (StudentConfiguration) -> TensorNames

    /// Reads config.json, and at most the headers of the weights' files. Throws `StudentError` for a wrong value.
    package init(folder: URL, adapter: LoRA? = nil) throws {
        let file = try ConfigurationFile(contentsOf: folder.appendingPathComponent("config.json"))
        let family = try ModelFamily.named(by: file)
        var configuration = try family.configuration(file)
        var names = family.names(configuration)
        if let files = try? WeightFiles(folder: folder) { (configuration, names) = try files.settlingHead(configuration, names) }
        if let adapter { try ModelTensors.check(adapter, configuration, names: names, place: folder.path) }
        self.init(configuration, names: { [names] _ in names }, adapter: adapter)
    }

    init(
        _ configuration: StudentConfiguration, names: @escaping @Sendable (StudentConfiguration) -> TensorNames, adapter: LoRA?
    ) {
        self.configuration = configuration
        self.names = names
        hasAdapter = adapter != nil
        let layouts = ModelTensors.layouts(configuration, names: names(configuration), adapter: adapter)
        parameters = layouts.model.reduce(0) { $0 + $1.count }
        adapterParameters = layouts.adapter.reduce(0) { $0 + $1.count }
    }

    /// Number of the parameters that training changes.
    package var trainableParameters: Int { hasAdapter ? adapterParameters : parameters }

    /// Token rows and bytes of one pass that keeps its activations for the backward pass.
    package func pass(_ trees: [(prompt: Int, completions: [Int])], threads: Int) -> (rows: Int, bytes: Int) {
        let completions = trees.reduce(0) { $0 + $1.completions.reduce(0) { $0 + $1 - 1 } }
        let prompts = trees.reduce(0) { $0 + $1.prompt }
        let predicting = completions + trees.count
        let rows = configuration.hasEncoder ? predicting : prompts + completions
        let source = configuration.hasEncoder ? prompts : 0
        let depth = trees.map { $0.prompt + ($0.completions.max() ?? 0) }.max() ?? 0
        var bytes = Activations(
            configuration, layers: configuration.layerCount, crosses: configuration.hasEncoder, keeping: true
        ).bytes(rows: rows, source: source)
        if configuration.hasEncoder {
            bytes += Activations(configuration, layers: configuration.encoderLayerCount, crosses: false, keeping: true).bytes(rows: source)
        }
        let head = HeadScratch(configuration, threads: threads)
        return (rows + source, bytes + head.bytes(rows: predicting, threads: threads) + threads * scratchBytes(depth: depth))
    }

    private func scratchBytes(depth: Int) -> Int {
        let scratch = AttentionScratch()
        scratch.reserve(
            depth: max(depth, 1),
            shape: AttentionShape(
                heads: configuration.headCount, keyValueHeads: configuration.keyValueHeadCount, headWidth: configuration.headWidth,
                cap: configuration.scoreCap),
            backward: true)
        return scratch.bytes
    }
}

extension Student {
    /// The student's own size, its adapter included.
    package var shape: StudentShape {
        let names = names
        return StudentShape(configuration, names: { _ in names }, adapter: adapter?.settings)
    }
}
