import PladTensor

/// A forward pass that keeps its activations, and the backward pass: log-probabilities out, gradients of the weights back.
///
/// Its memory grows to the largest batch seen and is reused. At most one `backward` may follow each `forward`.
package final class GradientPass {
    let student: Student
    package let gradients: Weights
    let targets: ModelTensors
    let pass: Pass
    /// Trees of a `forward` that no `backward` has followed.
    var trees: [PromptTree]?
    /// Support of such a `forward`, if it had one.
    var support: HeadSupport?

    /// - Precondition: `gradients` has the layout of the student's trainable tensors.
    package init(student: Student, gradients: Weights) {
        precondition(gradients.tensors == student.trainable.tensors, "gradients of another layout than what is trained")
        self.student = student
        self.gradients = gradients
        targets = ModelTensors(gradients: gradients, student.configuration, names: student.names, adapter: student.adapter?.settings)
        pass = Pass(student.model, keeping: true)
    }

    /// Log-probabilities in nats: [tree][continuation][token].
    ///
    /// Throws `StudentError.context` when a tree holds an id outside the vocabulary or exceeds the context, `.files` when the weights
    /// lie in a file that was written over.
    package func forward(_ trees: [PromptTree]) throws -> [[[Float]]] {
        try student.check(trees)
        self.trees = trees
        guard !trees.isEmpty else { return [] }
        let results = student.model.logProbabilities(of: trees, pass, keeping: true)
        try student.weights.requireUnchanged()
        return results
    }

    /// Adds to `gradients` those of the loss whose derivative by the sum of each continuation's log-probabilities is `weights[tree][continuation]`.
    ///
    /// A continuation of weight 0 costs nothing, nor does a tree of such. Throws `StudentError.files` when the weights lie in a file
    /// that was written over; the gradients are then void.
    /// - Precondition: a `forward` of trees of this shape came before, and no `backward` since.
    package func backward(_ weights: [[Float]]) throws {
        guard let trees else { preconditionFailure("backward without a forward before it") }
        self.trees = nil
        precondition(
            weights.map(\.count) == trees.map(\.continuations.count),
            "weights for \(weights.map(\.count)) continuations, trees with \(trees.map(\.continuations.count))")
        let keeping = weights.map { $0.map { $0 != 0 } }
        let kept = zip(trees, keeping).compactMap { tree, keeps in
            keeps.contains(true)
                ? PromptTree(prompt: tree.prompt, continuations: zip(tree.continuations, keeps).filter(\.1).map(\.0)) : nil
        }
        guard !kept.isEmpty else { return }
        let (model, batch) = (student.model, Batch(kept, student.configuration))
        if kept != trees {
            pass.compact(Batch(trees, student.configuration), to: batch, keeping: keeping, workers: student.workers)
        }
        model.headBackward(batch, pass, weights: weights.joined().filter { $0 != 0 }, gradients: targets)
        model.backward(batch, pass, dInput: model.head.inputGradient(0), gradients: targets)
        try student.weights.requireUnchanged()
    }

    /// The final norm's output at the last token of each continuation, [tree][continuation][C]: what a head beside the language model's
    /// reads.
    ///
    /// Throws as `forward` does.
    package func lastRows(of trees: [PromptTree]) throws -> [[[Float]]] {
        try student.check(trees)
        let trees = trees.map(\.withRowsOfLastTokens)
        self.trees = trees
        guard !trees.isEmpty else { return [] }
        let rows = student.model.lastRows(of: trees, pass, keeping: true)
        try student.weights.requireUnchanged()
        return rows
    }

    /// Adds to `gradients` those of the loss whose derivative by the rows of `lastRows(of:)` is `dRows`, of their shape.
    ///
    /// Throws as `backward(_:)` does.
    /// - Precondition: a `lastRows` of trees of this shape came before, and no `backward` since.
    package func backward(lastRows dRows: [[[Float]]]) throws {
        guard let trees else { preconditionFailure("backward without a forward before it") }
        self.trees = nil
        let (model, batch) = (student.model, Batch(trees, student.configuration))
        let width = student.configuration.width
        model.head.reserve(rows: batch.decoder.predictingCount)
        let dInput = model.head.inputGradient(0)
        dInput.update(repeating: 0, count: batch.decoder.predictingCount * width)
        for (row, gradient) in zip(batch.decoder.lastRows, dRows.joined()) {
            dInput.advanced(by: row * width).update(from: gradient, count: width)
        }
        model.backward(batch, pass, dInput: dInput, gradients: targets)
        try student.weights.requireUnchanged()
    }
}

extension Model {
    /// The final norm's output at the last token of each continuation, [tree][continuation][C], of trees `withRowsOfLastTokens`.
    fileprivate func lastRows(of trees: [PromptTree], _ pass: Pass, keeping: Bool) -> [[[Float]]] {
        let batch = Batch(trees, configuration)
        forward(batch, pass, keeping: keeping)
        let input = input(of: batch, pass)
        var rows = batch.decoder.lastRows[...]
        return trees.map { tree in
            tree.continuations.map { _ in
                Array(UnsafeBufferPointer(start: input + rows.removeFirst() * configuration.width, count: configuration.width))
            }
        }
    }
}

extension Student {
    /// The final norm's output at the last token of each continuation, [tree][continuation][C], without gradients.
    ///
    /// Throws as `logProbabilities(of:)` does.
    package func lastRows(of trees: [PromptTree]) throws -> [[[Float]]] {
        try check(trees)
        let rows = model.lastRows(of: trees.map(\.withRowsOfLastTokens), passing, keeping: false)
        try weights.requireUnchanged()
        return rows
    }
}

extension PromptTree {
    /// The same texts, each with a token behind it that nothing reads: only tokens that predict one have a row.
    fileprivate var withRowsOfLastTokens: PromptTree {
        PromptTree(prompt: prompt, continuations: continuations.map { $0 + [0] })
    }
}

extension PackedTrees {
    /// The last row of each continuation, counted from the first row that predicts.
    fileprivate var lastRows: [Int] { trees.flatMap { $0.continuationRows.map { $0.upperBound - 1 - firstPredicting } } }
}
