/// Settings of a low-rank adapter (Hu et al. 2021, "LoRA: low-rank adaptation of large language models"): linear layers named
/// as targets get y += scale · (x·aᵀ)·bᵀ and are otherwise left as they are.
package struct LoRA: Sendable, Hashable, Codable {
    /// r, the width of the bottleneck.
    package var rank: Int
    /// α: the change is multiplied by α/r, or α/√r.
    package var alpha: Double
    /// Last parts of the names of layers that change, such as q_proj; all linear layers but the head where it is `all-linear`.
    package var targets: [String]
    /// Multiplies by α/√r (Kalajdzievski 2023, rank-stabilised LoRA).
    package var scalesByRoot: Bool

    package static let allLinear = "all-linear"

    package init(rank: Int, alpha: Double, targets: [String], scalesByRoot: Bool = false) {
        self.rank = rank
        self.alpha = alpha
        self.targets = targets
        self.scalesByRoot = scalesByRoot
    }

    var scale: Float { Float(alpha / (scalesByRoot ? Double(rank).squareRoot() : Double(rank))) }

    /// Whether the layer of this name, without ".weight", is a target.
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
