/// A forward pass that keeps its activations, and the backward pass: log-probabilities out, gradients of the weights back.
///
/// Its memory grows to the largest batch seen and is reused. At most one `backward` may follow each `forward`.
package final class GradientPass {
    private let student: Student
    package let gradients: Weights
    private let targets: ModelTensors
    private let pass: Pass
    private var trees: [PromptTree]?

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
}
