import PladTensor

/// Visits a model's tensors in order, records each one's layout and returns its address.
struct TensorLayoutBuilder {
    let names: TensorNames
    let configuration: StudentConfiguration
    private(set) var layout: [TensorLayout] = []
    /// The tensors of low-rank deltas.
    private(set) var adapterLayout: [TensorLayout] = []
    var isFrozen = false
    private let adapter: LoRA?
    private let weights, adapterWeights: Weights?
    private let nowhere = UnsafeMutablePointer<Float>(bitPattern: 64)!

    /// - Parameter weights: the model's tensors, and `adapterWeights` an adapter's; nil if there is no memory for them.
    init(names: TensorNames, configuration: StudentConfiguration, weights: Weights?, adapter: LoRA?, adapterWeights: Weights?) {
        self.names = names
        self.configuration = configuration
        self.weights = weights
        self.adapter = adapter
        self.adapterWeights = adapterWeights
    }

    mutating func take(
        _ name: String, _ shape: [Int], _ initializer: TensorLayout.Initializer, transposed: Bool = false
    ) -> UnsafeMutablePointer<Float> {
        let (number, offset) = (layout.count, layout.last.map { $0.offset + $0.count } ?? 0)
        layout.append(
            TensorLayout(
                name: name, shape: shape, offset: offset, isTransposedInFile: transposed,
                deviation: configuration.initialisation.deviation(initializer, shape: shape),
                constant: initializer == .one ? 1 - configuration.gainOffset : 0))
        return weights?.starts[number] ?? nowhere + offset
    }

    mutating func stack(_ names: StackNames, layers count: Int) -> StackTensors {
        var relativeBias: UnsafeMutablePointer<Float>?
        let layers = (0..<count).map { number in
            let prefix = names.layer(number)
            let attention = attention(names.attention, prefix)
            // The first layer's file holds what all layers share.
            if number == 0, case .relative(let relative) = configuration.positions, let name = names.relativeBias {
                relativeBias = take(prefix + name, [relative.buckets, configuration.headCount], .relativeBias)
            }
            let cross = names.cross.map { self.cross($0, prefix) }
            let (width, feedForward) = (configuration.width, configuration.feedForwardWidth)
            let norm = names.feedForwardNorm.map { self.norm(prefix + $0, width: width) }
            let parts = names.feedForwardUp.map { (prefix + $0, configuration.feedForwardUpWidth / names.feedForwardUp.count) }
            return LayerTensors(
                attention: attention, cross: cross, feedForwardNorm: norm,
                feedForwardUp: projection(parts, inputs: width, biased: configuration.biases.contains(.feedForward)),
                feedForwardDown: projection(
                    [(prefix + names.feedForwardDown, width)], inputs: feedForward, biased: configuration.biases.contains(.feedForward),
                    first: .residual),
                feedForwardOutputNorm: names.feedForwardOutputNorm.map { self.norm(prefix + $0, width: width) })
        }
        return StackTensors(relativeBias: relativeBias, layers: layers, finalNorm: norm(names.finalNorm, width: configuration.width))
    }

    private mutating func attention(_ names: AttentionNames, _ prefix: String) -> AttentionTensors {
        let (width, head) = (configuration.width, configuration.headWidth)
        let outputs = [configuration.headCount, configuration.keyValueHeadCount, configuration.keyValueHeadCount].map { $0 * head }
        let norm = names.norm.map { self.norm(prefix + $0, width: width) }
        let parts =
            names.queryKeyValue.count == 1
            ? [(prefix + names.queryKeyValue[0], outputs.reduce(0, +))] : Array(zip(names.queryKeyValue.map { prefix + $0 }, outputs))
        let queryKeyValue = projection(parts, inputs: width, biased: configuration.biases.contains(.queryKeyValue), first: .query)
        let headNorms = names.headNorms.map {
            let together = configuration.headNorm == .together
            return (
                query: self.norm(prefix + $0.query, width: together ? outputs[0] : head),
                key: self.norm(prefix + $0.key, width: together ? outputs[1] : head)
            )
        }
        return AttentionTensors(
            norm: norm, queryKeyValue: queryKeyValue, headNorms: headNorms, output: output(names, prefix),
            outputNorm: names.outputNorm.map { self.norm(prefix + $0, width: width) })
    }

    private mutating func cross(_ names: AttentionNames, _ prefix: String) -> CrossAttentionTensors {
        let (width, projections) = (configuration.width, names.queryKeyValue.map { prefix + $0 })
        let keyValueWidth = configuration.keyValueHeadCount * configuration.headWidth
        return CrossAttentionTensors(
            norm: norm(prefix + names.norm!, width: width),
            query: projection([(projections[0], configuration.attentionWidth)], inputs: width, biased: false, first: .query),
            keyValue: projection(projections[1...].map { ($0, keyValueWidth) }, inputs: width, biased: false),
            output: output(names, prefix))
    }

    private mutating func output(_ names: AttentionNames, _ prefix: String) -> Projection {
        projection(
            [(prefix + names.output, configuration.width)], inputs: configuration.attentionWidth,
            biased: configuration.biases.contains(.attentionOutput), first: .residual)
    }

    /// Adds layers with the same input, one after the other: first their weights, then their biases.
    private mutating func projection(
        _ parts: [(name: String, outputs: Int)], inputs: Int, biased: Bool, first: TensorLayout.Initializer = .normal
    ) -> Projection {
        let weights = parts.enumerated().map { index, part in
            take(
                part.name + ".weight", [part.outputs, inputs], index == 0 ? first : .normal,
                transposed: names.transposesProjections)
        }
        let biases = biased ? parts.map { take($0.name + ".bias", [$0.outputs], .zero) } : []
        var (together, loraDeltas, end): ([Projection.Part], [LowRank], Int) = ([], [], 0)
        for (index, part) in parts.enumerated() {
            let outputs = end..<end + part.outputs
            let place = Projection.Part(
                outputs: outputs, weight: Matrix(weights[index], stride: inputs), bias: biased ? biases[index] : nil)
            if together.last?.isFollowed(by: place) == true {
                together[together.count - 1].outputs = together[together.count - 1].outputs.lowerBound..<outputs.upperBound
            } else {
                together.append(place)
            }
            if let adapter, adapter.changes(part.name) {
                loraDeltas.append(change(part.name, adapter, inputs: inputs, outputs: outputs))
            }
            end = outputs.upperBound
        }
        return Projection(parts: together, inputs: inputs, outputs: end, loraDeltas: loraDeltas, isFrozen: isFrozen)
    }

    /// Adds a low-rank change under PEFT's names.
    private mutating func change(_ name: String, _ adapter: LoRA, inputs: Int, outputs: Range<Int>) -> LowRank {
        func take(_ name: String, _ shape: [Int], deviation: Double) -> UnsafeMutablePointer<Float> {
            let (number, offset) = (adapterLayout.count, adapterLayout.last.map { $0.offset + $0.count } ?? 0)
            adapterLayout.append(TensorLayout(name: name, shape: shape, offset: offset, deviation: deviation))
            return adapterWeights?.starts[number] ?? nowhere + offset
        }
        // b is 0, so that a new adapter changes nothing; a has the variance of PEFT's uniform distribution.
        let a = take("base_model.model.\(name).lora_A.weight", [adapter.rank, inputs], deviation: 1 / Double(3 * inputs).squareRoot())
        let b = take("base_model.model.\(name).lora_B.weight", [outputs.count, adapter.rank], deviation: 0)
        return LowRank(
            outputs: outputs, a: Matrix(a, stride: inputs), b: Matrix(b, stride: adapter.rank), rank: adapter.rank, scale: adapter.scale)
    }

    private mutating func norm(_ name: String, width: Int) -> NormTensors {
        let gain = take(name + ".weight", [width], .one)
        let bias = configuration.norm == .layer ? take(name + ".bias", [width], .zero) : nil
        return NormTensors(
            gain: gain, bias: bias, width: width, epsilon: configuration.normEpsilon, offset: configuration.gainOffset, isFrozen: isFrozen)
    }
}
