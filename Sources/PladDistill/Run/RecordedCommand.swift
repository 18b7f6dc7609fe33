import Foundation
import PladCache
import PladEvaluation
import PladRecords
import PladTeacher

/// The quality that a command gives, kept in the teacher's cache as completions are: a replay ends in the same bytes without the program.
///
/// A run that records asks each question once and keeps the number in the place of earlier runs', since the program may have changed.
/// A replay takes what is kept, and starts the program only for what is not.
struct RecordedCommand: Quality {
    let needsTeacher = false
    private let command: CommandQuality
    private let name: String
    private let isReplay: Bool
    /// The run that records, by its id; nil for one of an older plad, which asks again when it is resumed.
    private let run: String?
    private let cache: Lazy<CompletionCache>

    init(_ settings: DistillSettings, run: String?) {
        self.run = run
        let name = settings.quality.command ?? ""
        command = CommandQuality(name, timeout: settings.quality.timeout)
        self.name = name
        isReplay = settings.teacher.replay
        let (file, use): (URL, CompletionCache.Use) = (settings.teacher.cacheFile, isReplay ? .reading : .writing)
        // Opened when it is first asked: a run that only looks opens no cache.
        cache = Lazy { try CompletionCache(opening: file, for: use) }
    }

    func scores(of candidates: [String], for prompt: Prompt, teacher: [String]) async throws -> [Double]? {
        let cache = try await cache.value()
        let requests = try candidates.map { try request(CommandQuality.question($0, prompt, teacher)) }
        var scores: [Double] = []
        for (candidate, request) in zip(candidates, requests) {
            let kept = isReplay ? try await cache.find(request) : try await cache.renewed(request, by: run)
            if let kept, let number = Self.number(in: kept.response) {
                scores.append(number)
                continue
            }
            guard let number = try command.scores(of: [candidate], for: prompt, teacher: teacher)?.first else { return nil }
            if !isReplay { _ = try await cache.store([row(request, number)], replacing: true, run: run) }
            scores.append(number)
        }
        return scores
    }

    /// Rows of a command are told from a teacher's by these names.
    private static let (dialect, teacher) = ("openai-chat", "quality-command")

    private func request(_ question: Data) -> TeacherRequest {
        let content = JSONValue.string(String(decoding: question, as: UTF8.self))
        let messages = JSONValue.array([.object(["role": "user", "content": content])])
        return TeacherRequest(
            dialect: Self.dialect, teacher: Self.teacher, path: "command", body: .object(["model": .string(name), "messages": messages]),
            sample: 0)
    }

    private func row(_ request: TeacherRequest, _ number: Double) -> StoredCompletion {
        let message = JSONValue.object(["role": "assistant", "content": .string("\(number)")])
        let reply = JSONValue.object(["choices": [.object(["message": message, "finish_reason": "stop"])]])
        return StoredCompletion(
            request, status: 200, response: Data(reply.canonical.utf8), finishReason: .stop, usage: nil, model: nil, attempts: 1)
    }

    private static func number(in response: Data) -> Double? {
        let reply = try? JSONValue(parsing: response)
        return reply?["choices"]?.array?.first?["message"]?["content"]?.string.flatMap(Double.init)
    }
}
