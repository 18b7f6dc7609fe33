public import Foundation
import PladHTTP
public import PladRecords
import PladTeacher

/// A teacher behind an HTTP endpoint, asked through a cache: no prompt is paid for twice.
///
/// Every completion is on the disk before it is returned. Requests are limited, retried and paced as the endpoint asks. Several
/// processes may share one cache.
public struct TeacherClient: Sendable {
    private let teacher: CachedTeacher

    /// - Parameters:
    ///   - remote: the base URL of the teacher's API, with or without `/v1`.
    ///   - model: the model to ask for.
    ///   - dialect: the language of the API, one of `TeacherClient.dialects`; nil takes the one that the URL tells.
    ///   - cache: the database that keeps completions; made where there is none.
    ///   - replays: answers from the cache alone, and opens no connection.
    ///   - concurrency: the most requests on the wire at a time.
    ///   - environment: where the key is: `PLAD_API_KEY`, else for a provider's own host its variable, such as `OPENAI_API_KEY`.
    ///
    /// Throws an error in one line for an address, dialect or key that cannot be used, for a key that would go over plain http to
    /// another machine, and for a cache that cannot be opened.
    public init(
        remote: String, model: String, dialect: String? = nil, cache: URL, replays: Bool = false, concurrency: Int = 16,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let name = dialect ?? Dialects.name(for: remote)
        guard let spoken = Dialects.named(name, model: model, remote: remote) else {
            throw CacheError(.usage, "there is no dialect \"\(name)\"; choose one of: \(Dialects.names.joined(separator: ", "))")
        }
        let endpoint = try Endpoint(remote, dialect: spoken)
        let access = try replays ? nil : Access(to: endpoint, keys: KeySource(setting: nil, environment: environment))
        let completions = try AnswerCache(opening: cache, for: replays ? .reading : .writing)
        let wire = try access.map {
            RemoteTeacher(
                endpoint: endpoint, dialect: spoken, access: $0, transport: try HTTPClient(), concurrency: concurrency, streaming: .auto,
                onAttempt: { completions.note($0) })
        }
        teacher = CachedTeacher(
            cache: completions, dialect: spoken, teacher: endpoint.origin, path: endpoint.path, mode: wire.map { .record($0) } ?? .replay)
    }

    /// The languages that are spoken.
    public static var dialects: [String] { Dialects.names }

    /// The teacher's completion of a conversation: the recorded one, else the teacher's, which is then recorded.
    ///
    /// An empty, truncated, refused or filtered completion is returned as any other: its finish reason and text tell.
    ///
    /// - Parameter sample: which of the completions of one conversation is meant, from 0.
    ///
    /// Throws an error in one line where the teacher does not answer or the completion cannot be kept, `CancellationError`, and where
    /// the client replays, an error that says what is missing.
    public func completion(
        of messages: [Message], _ parameters: SamplingParameters = SamplingParameters(temperature: 0), sample: Int = 0
    ) async throws -> Completion {
        try await teacher.answer(to: messages, parameters, sample: sample).completion
    }
}
