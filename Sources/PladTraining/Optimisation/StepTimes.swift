/// Seconds spent in a trainer's steps so far, by part.
package struct StepTimes: Sendable, Equatable {
    package var forward = 0.0
    package var backward = 0.0
    /// Seconds of clearing the gradients, computing their norm and updating the weights.
    package var optimiser = 0.0

    package static func - (a: StepTimes, b: StepTimes) -> StepTimes {
        StepTimes(forward: a.forward - b.forward, backward: a.backward - b.backward, optimiser: a.optimiser - b.optimiser)
    }

    /// Runs `body` and adds its duration to a part.
    mutating func measure<Result>(_ part: WritableKeyPath<StepTimes, Double>, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer {
            let time = (ContinuousClock.now - start).components
            self[keyPath: part] += Double(time.seconds) + Double(time.attoseconds) * 1e-18
        }
        return try body()
    }
}
