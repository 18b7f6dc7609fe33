import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// A folder of a test's own, removed with it.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("plad-cache-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    subscript(name: String) -> URL { url.appendingPathComponent(name) }
}

/// A teacher in memory: answers from a function of the request and the number of the question, and counts.
final class ScriptedTeacher: Teacher {
    private let asked = Locked<[TeacherRequest]>([])
    private let script: @Sendable (_ number: Int, _ request: TeacherRequest) async throws -> String

    /// - Parameter script: the response's body; `number` counts questions from 0.
    init(_ script: @escaping @Sendable (_ number: Int, _ request: TeacherRequest) async throws -> String) {
        self.script = script
    }

    var requests: [TeacherRequest] { asked.withLock { $0 } }

    func reply(to request: TeacherRequest) async throws -> Reply {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        let body = Data(try await script(number, request).utf8)
        guard case .completion(let completion) = dialect.read(status: 200, body: body) else {
            throw TeacherError(.exhausted, "the script's body is no answer")
        }
        let times = Response.Times(
            started: Date(timeIntervalSince1970: 1_700_000_000.25), firstByte: .milliseconds(3), total: .milliseconds(4))
        return Reply(response: Response(status: 200, body: body, times: times, attempts: 2), completion: completion)
    }
}

let dialect = OpenAIChatDialect(model: "m")
let path = "/v1/chat/completions"

func question(_ text: String) -> [Message] { [Message(role: "user", content: text)] }

func request(_ text: String, _ parameters: SamplingParameters = SamplingParameters(), sample: Int = 0) -> TeacherRequest {
    dialect.request(teacher: "t", path: path, asking: question(text), parameters, sample: sample)
}

/// A row that answers `request` with `text`.
func stored(_ request: TeacherRequest, _ text: String, finishReason: String = "stop") throws -> StoredCompletion {
    let body = Data(chatBody(text, finishReason: finishReason).utf8)
    guard case .completion(let completion) = dialect.read(status: 200, body: body) else { throw TeacherError(.exhausted, "no answer") }
    let times = Response.Times(started: Date(timeIntervalSince1970: 1_700_000_000), firstByte: .milliseconds(1), total: .milliseconds(2.5))
    return StoredCompletion(request, Reply(response: Response(status: 200, body: body, times: times), completion: completion))
}

func cached(_ cache: CompletionCache, teacher: String = "t", _ mode: CachedTeacher.Mode) -> CachedTeacher {
    CachedTeacher(cache: cache, dialect: dialect, teacher: teacher, path: path, mode: mode)
}

/// Changes a file as only another program would.
func execute(_ sql: String, in file: URL) throws { try execute([(sql, file)]) }

/// Changes many files by one process.
func execute(_ changes: [(sql: String, file: URL)]) throws {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments =
        [
            "python3", "-c",
            "import sqlite3, sys\nfor file, sql in zip(sys.argv[1::2], sys.argv[2::2]): sqlite3.connect(file).executescript(sql)",
        ] + changes.flatMap { [$0.file.path, $0.sql] }
    try python.run()
    python.waitUntilExit()
    #expect(python.terminationStatus == 0)
}
