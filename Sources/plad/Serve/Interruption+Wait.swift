extension Interruption {
    /// Returns after the user has asked to stop.
    static func wait() async {
        let (asked, asking) = AsyncStream.makeStream(of: Never.self)
        onAsk { asking.finish() }
        for await _ in asked {}
    }
}
