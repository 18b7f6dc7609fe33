extension Sequence where Element: Sendable {
    /// Calls `body` for each element, so many concurrently; `onDone` gets the number of those done.
    func concurrently(
        _ concurrency: Int, _ body: @escaping @Sendable (Element) async throws -> Void, onDone: (Int) -> Void = { _ in }
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var left = makeIterator()
            var done = 0
            func begin() {
                if let element = left.next() { group.addTask { try await body(element) } }
            }
            for _ in 0..<concurrency { begin() }
            while try await group.next() != nil {
                done += 1
                onDone(done)
                begin()
            }
        }
    }
}
