import PladRecords
import PladTensor

/// A language model, from tokens to hidden rows for the head: a decoder, in some families after an encoder.
final class Model {
    let configuration: StudentConfiguration
    let tensors: ModelTensors
    let workers: Workers
    let encoder: Stack?
    let decoder: Stack
    let head: HeadScratch

    init(_ configuration: StudentConfiguration, tensors: ModelTensors, workers: Workers) {
        self.configuration = configuration
        self.tensors = tensors
        self.workers = workers
        encoder = tensors.encoder.map { Stack(configuration, tensors: $0, isCausal: false, workers: workers) }
        decoder = Stack(configuration, tensors: tensors.decoder, isCausal: true, workers: workers)
        head = HeadScratch(configuration, threads: workers.threads)
    }

    /// Computes both stacks; the head's input, [predicting rows, C], is then at `input(of:_:)`.
    ///
    /// - Parameter visit: called after the attention of each decoder layer, while its queries, keys and values are available.
    func forward(
        _ batch: Batch, _ pass: Pass, keeping: Bool, visit: (_ number: Int, _ layer: Activations.Layer) -> Void = { _, _ in }
    ) {
        var source: Source?
        if let encoder, let texts = batch.encoder, let activations = pass.encoder {
            encoder.forward(texts, activations, keeping: keeping, embed: { rows, input in embed(rows, texts, input) })
            source = Source(output: activations.normalized, texts: texts.trees.map(\.rows))
        }
        decoder.forward(
            batch.decoder, pass.decoder, keeping: keeping, source: source, embed: { rows, input in embed(rows, batch.decoder, input) },
            visit: visit)
        if configuration.headScale != 1 { scaleHead(input(of: batch, pass), rows: batch.decoder.predictingCount) }
    }

    /// The final norm's output of the rows that predict.
    func input(of batch: Batch, _ pass: Pass) -> UnsafeMutablePointer<Float> {
        pass.decoder.normalized + batch.decoder.firstPredicting * configuration.width
    }

    /// Adds the gradients of all weights but the head, given that of the head's input, [predicting rows, C]. Overwrites the activations
    /// and `dInput`.
    func backward(_ batch: Batch, _ pass: Pass, dInput: UnsafeMutablePointer<Float>, gradients: ModelTensors) {
        if configuration.headScale != 1 { scaleHead(dInput, rows: batch.decoder.predictingCount) }
        var source: Source?
        if let texts = batch.encoder, let activations = pass.encoder {
            source = Source(output: activations.normalized, texts: texts.trees.map(\.rows))
        }
        let d = decoder.backward(batch.decoder, pass.decoder, dOutput: dInput, gradients: gradients.decoder, source: source)
        embedBackward(batch.decoder, d, gradients)
        if let encoder, let texts = batch.encoder, let activations = pass.encoder, let target = gradients.encoder {
            let d = encoder.backward(texts, activations, dOutput: pass.decoder.gradients.source, gradients: target)
            embedBackward(texts, d, gradients)
        }
    }

    private func scaleHead(_ rows: UnsafeMutablePointer<Float>, rows count: Int) {
        workers.split(count * configuration.width, grain: 1 << 14) { range, _ in
            scale(rows + range.lowerBound, by: configuration.headScale, into: rows + range.lowerBound, count: range.count)
        }
    }

    private func embed(_ rows: Range<Int>, _ packed: PackedTrees, _ input: UnsafeMutablePointer<Float>) {
        packed.ids.withUnsafeBufferPointer {
            gatherRows(tensors.embedding.start, ids: $0.baseAddress!, into: input, range: rows, width: configuration.width)
        }
        if configuration.embeddingScale != 1 {
            let first = input + rows.lowerBound * configuration.width
            scale(first, by: configuration.embeddingScale, into: first, count: rows.count * configuration.width)
        }
        guard let positions = tensors.positions else { return }
        for row in rows {
            addBias(
                positions + Int(packed.positions[row]) * configuration.width,
                to: Matrix(input + row * configuration.width, stride: configuration.width), rows: 1, width: configuration.width)
        }
    }

    private func embedBackward(_ packed: PackedTrees, _ d: UnsafeMutablePointer<Float>, _ gradients: ModelTensors) {
        guard !gradients.isFrozen else { return }
        let width = configuration.width
        let columns = max(16, (width + workers.threads - 1) / workers.threads)
        workers.split(width, grain: (columns + 15) / 16 * 16) { range, _ in
            func scatter(_ ids: [Int32], _ table: UnsafeMutablePointer<Float>) {
                ids.withUnsafeBufferPointer {
                    scatterRows(d, ids: $0.baseAddress!, addingTo: table, count: packed.rowCount, columns: range, width: width)
                }
            }
            if let positions = gradients.positions { scatter(packed.positions, positions) }
            if configuration.embeddingScale != 1 {
                for row in 0..<packed.rowCount {
                    let part = d + (row * width + range.lowerBound)
                    scale(part, by: configuration.embeddingScale, into: part, count: range.count)
                }
            }
            scatter(packed.ids, gradients.embedding.start)
        }
    }
}

/// The trees in the form that the model's stacks read.
struct Batch {
    let decoder: PackedTrees
    /// The prompts, if there is an encoder to read them: the decoder's trees then start with its start token instead.
    let encoder: PackedTrees?

    init(_ trees: [PromptTree], _ configuration: StudentConfiguration) {
        guard let start = configuration.decoderStart else {
            (decoder, encoder) = (PackedTrees(trees), nil)
            return
        }
        decoder = PackedTrees(trees.map { PromptTree(prompt: [start], continuations: $0.continuations) })
        encoder = PackedTrees(texts: trees.map(\.prompt))
    }
}

/// Memory for a pass through both stacks.
struct Pass {
    let decoder: Activations
    let encoder: Activations?

    init(_ model: Model, keeping: Bool) {
        decoder = model.decoder.makeActivations(keeping: keeping)
        encoder = model.encoder?.makeActivations(keeping: keeping)
    }

    /// Moves the kept activations of `whole` to the rows of `kept`, which packs the same trees without some continuations and trees.
    ///
    /// - Parameter keeping: true for the continuations to keep, [tree][continuation].
    func compact(_ whole: Batch, to kept: Batch, keeping: [[Bool]], workers: Workers) {
        var source: [PackedTrees.Move] = []
        if let encoder, let from = whole.encoder, let to = kept.encoder {
            source = from.moves(to: to, keeping: keeping)
            encoder.compact(source, source: [], firstPredicting: 0, 0, workers: workers)
        }
        decoder.compact(
            whole.decoder.moves(to: kept.decoder, keeping: keeping), source: source,
            firstPredicting: whole.decoder.firstPredicting, kept.decoder.firstPredicting, workers: workers)
    }
}
