/// A forward pass that keeps what the backward pass needs: log-probabilities out, gradients of the weights back.
///
/// Its memory grows to the largest batch seen and is used again. One `backward` may follow each `forward`.
package final class GradientPass {
    private let student: Student
    package let gradients: Weights

    /// - Precondition: `gradients` is laid out as the student's weights.
    package init(student: Student, gradients: Weights) {
        precondition(gradients.tensors == student.weights.tensors, "gradients of another layout than the weights")
        self.student = student
        self.gradients = gradients
    }

    /// Log-probabilities in nats: [tree][continuation][token].
    ///
    /// Throws `StudentError.context` when a tree holds an id outside the vocabulary or exceeds the context.
    package func forward(_ trees: [PromptTree]) throws -> [[[Float]]] {
        fatalError()
    }

    /// Adds to `gradients` those of the loss whose derivative by the sum of each continuation's log-probabilities is `weights[tree][continuation]`.
    ///
    /// A continuation of weight 0 costs nothing, nor does a tree of such.
    /// - Precondition: a `forward` of trees of this shape came before, and no `backward` since.
    package func backward(_ weights: [[Float]]) {
        fatalError()
    }
}
