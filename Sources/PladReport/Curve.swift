/// A named line of a plot: values over steps, thinned to what a screen can show.
package struct Curve: Sendable {
    package struct Point: Sendable, Equatable {
        package var x: Double
        package var mean: Double
        package var low: Double
        package var high: Double
    }

    package let name: String
    package let points: [Point]
    /// Number of values that each point averages.
    package let stride: Int

    /// Makes the curve. Values that are not finite are left out, so that a gap is bridged rather than drawn as a fall.
    package init(_ name: String, _ values: [(x: Double, y: Double?)], limit: Int = 160) {
        let stride = max(1, (values.count + limit - 1) / limit)
        self.name = name
        self.stride = stride
        points = Swift.stride(from: 0, to: values.count, by: stride).compactMap { start in
            let bucket = values[start..<min(start + stride, values.count)].compactMap { value in
                value.y.flatMap { $0.isFinite ? (x: value.x, y: $0) : nil }
            }
            guard let first = bucket.first else { return nil }
            let count = Double(bucket.count)
            return Point(
                x: bucket.reduce(0) { $0 + $1.x } / count,
                mean: bucket.reduce(0) { $0 + $1.y / count },
                low: bucket.reduce(first.y) { min($0, $1.y) },
                high: bucket.reduce(first.y) { max($0, $1.y) })
        }
    }
}
