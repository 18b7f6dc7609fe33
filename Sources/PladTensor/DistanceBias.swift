/// The relative bias on attention scores by the distance key − query, and the sums of its gradient: for each head one float a distance.
///
/// T5 shares one table of few buckets among all layers; expanded over distances it needs no look-up.
package struct RelativeBias {
    /// [H, stride] each; distance d is at `depth + d`.
    private let values, gradients: UnsafeMutablePointer<Float>
    private let depth: Int

    /// Number of floats from one head's distances to the next one's: both directions, and room for the last vector.
    package static func stride(depth: Int) -> Int { (2 * depth + 47) / 16 * 16 }

    /// - Parameters:
    ///   - values: [H, stride].
    ///   - gradients: [H, stride], added to by the backward pass; may be `values` if there is none.
    ///   - depth: bound on distances.
    package init(values: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>, depth: Int) {
        self.values = values
        self.gradients = gradients
        self.depth = depth
    }

    func values(head: Int, from distance: Int) -> UnsafePointer<Float> {
        UnsafePointer(values + (head * Self.stride(depth: depth) + depth + distance))
    }

    func gradients(head: Int, from distance: Int) -> UnsafeMutablePointer<Float> {
        gradients + (head * Self.stride(depth: depth) + depth + distance)
    }
}
