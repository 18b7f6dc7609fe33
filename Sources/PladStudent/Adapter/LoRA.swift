/// Settings of a low-rank adapter (Hu et al. 2021, "LoRA: low-rank adaptation of large language models"): each target linear layer
/// computes y += scale · (x·aᵀ)·bᵀ, and the other layers stay as they are.
package struct LoRA: Sendable, Hashable, Codable {
    /// Rank r, the width of the bottleneck.
    package var rank: Int
    /// Scaling numerator α: the change is multiplied by α/r, or α/√r.
    package var alpha: Double
    /// Last parts of the names of the target layers, such as q_proj; `all-linear` is all linear layers but the head.
    package var targets: [String]
    /// True to multiply by α/√r (Kalajdzievski 2023, rank-stabilised LoRA).
    package var scalesByRoot: Bool

    package static let allLinear = "all-linear"

    package init(rank: Int, alpha: Double, targets: [String], scalesByRoot: Bool = false) {
        self.rank = rank
        self.alpha = alpha
        self.targets = targets
        self.scalesByRoot = scalesByRoot
    }

    var scale: Float { Float(alpha / (scalesByRoot ? Double(rank).squareRoot() : Double(rank))) }

    /// True if the layer of this name, without ".weight", is a target.
    func changes(_ name: String) -> Bool {
        targets.contains { $0 == Self.allLinear || name == $0 || name.hasSuffix("." + $0) }
    }
}

/// A low-rank adapter: its settings and the tensors that it adds, in PEFT's names.
package final class Adapter {
    package let settings: LoRA
    package let weights: Weights

    init(settings: LoRA, weights: Weights) {
        self.settings = settings
        self.weights = weights
    }
}
