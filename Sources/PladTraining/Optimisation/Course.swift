import Foundation

/// The course of a number over a training of `steps` steps: a weight, or a learning rate.
///
/// Source of `wsd`: pre-training distillation (arXiv 2410.16215), whose warm-up takes 10 % of the steps and whose decay 1 %. `Schedule`
/// has the shapes of fine-tuning, where `wsd` decays for a tenth of the steps.
package struct Course: Codable, Sendable, Hashable {
    package enum Shape: String, Codable, Sendable, CaseIterable {
        case constant
        /// A straight line from the most to 0.
        case linear
        /// Half a cosine wave from the most to 0.
        case cosine
        /// Warm-up, stable, decay: up in a straight line over the first tenth, the most, and down to 0 over the last hundredth.
        case wsd
    }

    package var shape: Shape
    package var most: Double

    package init(_ shape: Shape, most: Double) {
        self.shape = shape
        self.most = most
    }

    /// Reads `0.9`, which is constant, or `SHAPE:0.9`; nil for another text.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let most = parts.last.flatMap(Double.init), most.isFinite,
            let shape = parts.count == 1 ? .constant : Shape(rawValue: parts[0])
        else { return nil }
        self.init(shape, most: most)
    }

    /// The number at a step, counted from 0.
    ///
    /// The first step of a rise is above 0 and the last step of a fall too: neither would teach anything at 0.
    package func value(at step: Int, of steps: Int) -> Double {
        let left = Double(steps - step) / Double(max(steps, 1))
        switch shape {
        case .constant: return most
        case .linear: return most * left
        case .cosine: return most * 0.5 * (1 + cos(.pi * (1 - left)))
        case .wsd:
            let (up, down) = (max(1, (steps + 9) / 10), max(1, (steps + 99) / 100))
            return most * min(1, Double(step + 1) / Double(up), Double(steps - step) / Double(down))
        }
    }
}
