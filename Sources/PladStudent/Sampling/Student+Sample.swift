extension Student {
    /// Continues all the requests: [request][sample].
    ///
    /// - Parameter progress: told after every step how many samples have ended and how many tokens were drawn; may throw to stop.
    package func sample(
        _ requests: [DecodeRequest], slots: Int, progress: (_ finished: Int, _ tokens: Int) throws -> Void = { _, _ in }
    ) throws -> [[Sample]] {
        fatalError()
    }
}
