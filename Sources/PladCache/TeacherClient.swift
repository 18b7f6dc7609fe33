public import Foundation
import PladHTTP
public import PladRecords
import PladTeacher

/// A client of a teacher's HTTP endpoint with a cache: no completion is paid for twice.
///
/// Every completion is on the disk before it is returned. Requests are limited, retried and paced by the endpoint's limits. Several
/// processes may share one cache.
public struct TeacherClient: Sendable {
    private let teacher: CachedTeacher

    /// - Parameters:
    ///   - remote: base URL of the teacher's API, with or without `/v1`.
    ///   - model: name of the model.
    ///   - dialect: dialect of the API, one of `TeacherClient.dialects`; nil derives it from the URL.
    ///   - cache: path of the database that stores completions; made if missing.
    ///   - replays: true to use the cache only, and open no connection.
    ///   - concurrency: largest number of concurrent requests.
    ///   - environment: variables with the key: `PLAD_API_KEY`, else for a provider's own host its variable, such as `OPENAI_API_KEY`.
    ///
    /// Throws an error in one line for an invalid address, dialect or key, for a key that would go over plain http to another machine,
    /// and for a cache that cannot be opened.
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
        let completions = try CompletionCache(opening: cache, for: replays ? .reading : .writing)
        let wire = try access.map {
            RemoteTeacher(
                endpoint: endpoint, dialect: spoken, access: $0, transport: try HTTPClient(), concurrency: concurrency, streaming: .auto,
                onAttempt: { completions.note($0) })
        }
        teacher = CachedTeacher(
            cache: completions, dialect: spoken, teacher: endpoint.origin, path: endpoint.path, mode: wire.map { .record($0) } ?? .replay)
    }

    /// Names of the known dialects.
    public static var dialects: [String] { Dialects.names }

    /// The teacher's completion of a conversation: the recorded one, else the teacher's, which is then recorded.
    ///
    /// An empty, truncated, refused or filtered completion is returned like any other: its finish reason and text tell.
    ///
    /// - Parameter sample: index of the completion among those of one conversation, from 0.
    ///
    /// Throws an error in one line if the teacher does not answer or the completion cannot be stored, `CancellationError` and, in
    /// replay, an error for a missing completion.
    public func completion(
        of messages: [Message], _ parameters: SamplingParameters = SamplingParameters(temperature: 0), sample: Int = 0
    ) async throws -> Completion {
        try await teacher.completion(of: messages, parameters, sample: sample).completion
    }
}
