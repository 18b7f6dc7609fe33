/// What is added to attention scores by the distance key − query, and what gathers its gradient: for each head one float a distance.
///
/// T5 shares one table of few buckets among all layers; spread out over distances it is read and added to without looking up.
package struct RelativeBias {
    /// [H, stride] each; distance d stands at `depth + d`.
    private let values, gradients: UnsafeMutablePointer<Float>
    private let depth: Int

    /// Floats from one head's distances to the next one's: both directions, and room for the last vector.
    package static func stride(depth: Int) -> Int { (2 * depth + 47) / 16 * 16 }

    /// - Parameters:
    ///   - values: [H, stride].
    ///   - gradients: the same, added to by the backward pass; may be `values` where there is none.
    ///   - depth: no distance is as great.
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
