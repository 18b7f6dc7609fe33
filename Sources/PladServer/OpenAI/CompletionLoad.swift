import PladRecords

/// The completions that large calls under way ask for, over all clients.
///
/// Calls that ask for few always get in: the number of clients bounds them, and so they are not turned away on account of those who ask
/// for much.
final class CompletionLoad: Sendable {
    /// Largest number of completions of a call that is not counted.
    static let few = 32
    /// Largest number of completions of all counted calls.
    private let most: Int
    private let counted = Locked(0)

    init(most: Int) {
        self.most = most
    }

    /// Counts a call with so many completions until `leave`. Throws an `APIError` with status 503 if there are too many.
    func enter(_ completions: Int) throws(APIError) {
        guard completions > Self.few else { return }
        let hasRoom = counted.withLock { counted in
            guard counted + completions <= most else { return false }
            counted += completions
            return true
        }
        guard !hasRoom else { return }
        var error = APIError(
            503,
            "this server works on as many completions as it takes at once, \(most); send the request again later, or ask for at most \(Self.few) completions"
        )
        error.headers["Retry-After"] = "1"
        throw error
    }

    func leave(_ completions: Int) {
        guard completions > Self.few else { return }
        counted.withLock { $0 -= completions }
    }
}
