import PladTensor

/// Memory for the rows of one decode step.
final class DecodeScratch {
    private var memory = AlignedBuffer(count: 0)
    private var rows = 0
    private var attentionFloats = 0
    /// [rows, C]: the residual stream, and a norm's output.
    private(set) var stream = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var normalized = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows, (H + 2G)·D] and [rows, H·D]
    private(set) var queryKeyValue = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var attention = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows, 2F] or [rows, F], and [rows, F]
    private(set) var feedForwardUp = UnsafeMutablePointer<Float>(bitPattern: 64)!
    private(set) var hidden = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows]
    private(set) var inverseRMS = UnsafeMutablePointer<Float>(bitPattern: 64)!
    /// [rows, attention]
    private(set) var scores = UnsafeMutablePointer<Float>(bitPattern: 64)!

    func reserve(rows: Int, _ configuration: StudentConfiguration, attention floats: Int) {
        guard rows > self.rows || floats > attentionFloats else { return }
        self.rows = max(rows, self.rows)
        attentionFloats = max(2 * attentionFloats, floats)
        let widths = [
            configuration.width, configuration.width, configuration.queryKeyValueWidth, configuration.attentionWidth,
            configuration.feedForwardUpWidth, configuration.feedForwardWidth, 1, attentionFloats,
        ]
        memory = AlignedBuffer(count: self.rows * widths.reduce(0, +))
        var next = memory.pointer
        let parts = widths.map { width in
            defer { next += self.rows * width }
            return next
        }
        (stream, normalized, queryKeyValue, attention) = (parts[0], parts[1], parts[2], parts[3])
        (feedForwardUp, hidden, inverseRMS, scores) = (parts[4], parts[5], parts[6], parts[7])
    }
}
