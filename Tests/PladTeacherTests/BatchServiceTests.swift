import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// The providers' batch APIs, over bodies of the shape that they send.
@Suite struct BatchServiceTests {
    private let rows = [BatchRow(id: "aa", body: #"{"model":"m"}"#), BatchRow(id: "bb", body: #"{"model":"n"}"#)]

    private func service(_ dialect: any Dialect, _ transport: ScriptedTransport, base: String = "http://h/v1") throws -> any BatchService {
        let wire = BatchWire(
            transport: transport, headers: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("x", "1")],
            policy: RetryPolicy(attempts: 3), clock: InstantClock(), random: { 0 })
        return try #require(BatchServices.service(for: try Endpoint(base, dialect: dialect), dialect: dialect, wire: wire))
    }

    private static let openAI =
        #"{"id":"batch_1","object":"batch","endpoint":"/v1/chat/completions","status":"completed","created_at":1700000000,"output_file_id":"out","error_file_id":"bad","request_counts":{"total":3,"completed":2,"failed":1},"metadata":{"plad":"name"}}"#

    @Test func openAIGetsAFileAndAnOrder() async throws {
        let transport = ScriptedTransport(.status(200, #"{"id":"file-1","object":"file"}"#), .status(200, Self.openAI))
        let service = try service(OpenAIChatDialect(model: "m"), transport, base: "http://h/proxy/v1/")
        #expect(try await service.upload(rows, name: "name") == "file-1")
        let state = try await service.submit(rows, file: "file-1", name: "name")
        #expect(state.id == "batch_1" && state.isOver && state.name == "name" && state.total == 3 && state.done == 3)
        #expect(transport.requests.map(\.url) == ["http://h/proxy/v1/files", "http://h/proxy/v1/batches"])
        let form = String(decoding: transport.requests[0].body ?? Data(), as: UTF8.self)
        #expect(form.contains("name=\"purpose\"\r\n\r\nbatch\r\n"))
        #expect(form.contains(#"{"body":{"model":"m"},"custom_id":"aa","method":"POST","url":"/v1/chat/completions"}"# + "\n"))
        #expect(form.hasSuffix("--plad-name--\r\n"))
        #expect(transport.requests[0].headers.map(\.value) == ["1", "multipart/form-data; boundary=plad-name"])
        let order = try JSONValue(parsing: transport.requests[1].body ?? Data())
        #expect(
            order == [
                "input_file_id": "file-1", "endpoint": "/v1/chat/completions", "completion_window": "24h", "metadata": ["plad": "name"],
            ])
    }

    @Test func openAIsResultsComeInTwoFiles() async throws {
        let good = #"{"id":"r1","custom_id":"aa","response":{"status_code":200,"request_id":"q","body":{"x":1}},"error":null}"#
        let bad = """
            {"id":"r2","custom_id":"bb","response":{"status_code":400,"body":{"error":{"message":"no"}}},"error":null}
            {"id":"r3","custom_id":"cc","response":null,"error":{"code":"batch_expired","message":"late"}}
            """
        let transport = ScriptedTransport(.status(200, Self.openAI), .status(200, good + "\n"), .status(200, bad))
        let service = try service(OpenAIChatDialect(model: "m"), transport)
        let results = try await service.results(of: try await service.state(of: "batch_1"))
        #expect(results.rows.map(\.id) == ["aa", "bb", "cc"])
        #expect(
            results.rows.map(\.result) == [
                .response(status: 200, body: Data(#"{"x":1}"#.utf8)),
                .response(status: 400, body: Data(#"{"error":{"message":"no"}}"#.utf8)), .untried("batch_expired"),
            ])
        #expect(transport.requests.map(\.url).suffix(2) == ["http://h/v1/files/out/content", "http://h/v1/files/bad/content"])
        #expect(transport.requests.allSatisfy { $0.body == nil })
    }

    /// An id that a provider gave leads to no other place than a batch, and its state is no longer than a document may be.
    @Test func anIdIsOnePartOfAnAddress() async throws {
        for dialect in [OpenAIChatDialect(model: "m"), AnthropicDialect(model: "m")] as [any Dialect] {
            let transport = ScriptedTransport(.status(200, Self.openAI))
            let service = try service(dialect, transport)
            _ = try? await service.state(of: "../../../x?y=1#z")
            _ = try? await service.cancel("../a b")
            let paths = transport.requests.map { $0.url.components(separatedBy: "/batches/").last ?? "" }
            #expect(paths == ["%2E%2E%2F%2E%2E%2F%2E%2E%2Fx%3Fy%3D1%23z", "%2E%2E%2Fa%20b/cancel"])
            #expect(transport.requests.allSatisfy { $0.bodyBytes == 16 << 20 })
        }
    }

    @Test func anthropicGetsThemAllInOneOrder() async throws {
        let batch =
            #"{"id":"msgbatch_1","type":"message_batch","processing_status":"in_progress","request_counts":{"processing":2,"succeeded":0,"errored":0,"canceled":0,"expired":0},"created_at":"2024-09-24T18:37:24.100435Z","results_url":null}"#
        let lines = """
            {"custom_id":"bb","result":{"type":"errored","error":{"type":"error","error":{"type":"overloaded_error","message":"busy"}}}}
            {"custom_id":"aa","result":{"type":"succeeded","message":{"id":"m"}}}
            {"custom_id":"cc","result":{"type":"expired"}}
            """
        let transport = ScriptedTransport(.status(200, batch), .status(200, lines))
        let service = try service(AnthropicDialect(model: "m"), transport)
        #expect(try await service.upload(rows, name: "name") == nil)
        let state = try await service.submit(rows, file: nil, name: "name")
        #expect(state.id == "msgbatch_1" && !state.isOver && state.total == 2 && state.done == 0 && state.createdAt == 1_727_203_044)
        let order = try JSONValue(parsing: transport.requests[0].body ?? Data())
        #expect(order == ["requests": [["custom_id": "aa", "params": ["model": "m"]], ["custom_id": "bb", "params": ["model": "n"]]]])
        let results = try await service.results(of: state)
        #expect(transport.requests.map(\.url) == ["http://h/v1/messages/batches", "http://h/v1/messages/batches/msgbatch_1/results"])
        #expect(results.rows.map(\.id) == ["bb", "aa", "cc"])
        #expect(results.rows.map(\.result).dropFirst() == [.response(status: 200, body: Data(#"{"id":"m"}"#.utf8)), .untried("expired")])
        guard case .response(529, _) = results.rows[0].result else {
            Issue.record("\(results.rows[0])")
            return
        }
    }

    @Test(arguments: [
        Result<Response, TransportFault>.failure(TransportFault(.cut, "cut")), .failure(TransportFault(.timeout, "late")),
        .status(500, "{}"),
        .status(200, "{\"id\":"), .status(200, "{}"),
    ])
    func aSubmissionInDoubtIsNotRepeated(outcome: Result<Response, TransportFault>) async throws {
        let transport = ScriptedTransport(outcome)
        let service = try service(OpenAIChatDialect(model: "m"), transport)
        await #expect(throws: BatchDoubt.self) { try await service.submit(rows, file: "f", name: "n") }
        #expect(transport.requests.count == 1)
    }

    static let unreadable = ["<html><title>Maintenance</title></html>", "{}", "[]", "not JSON", "{\"error\":{\"message\":\"busy\"}}", ""]

    @Test(arguments: unreadable)
    func resultsThatCannotBeReadAreNone(body: String) async throws {
        let openAI = try service(OpenAIChatDialect(model: "m"), ScriptedTransport(.status(200, body)))
        let done = BatchState(id: "b", status: "completed", isOver: true, total: 2, done: 2, createdAt: 0, results: ["out"])
        let error = try await #require(throws: TeacherError.self) { try await openAI.results(of: done) }
        #expect(error.code == .exhausted && error.message.contains("it stays open"), "\(error)")
        let anthropic = try service(AnthropicDialect(model: "m"), ScriptedTransport(.status(200, body)))
        await #expect(throws: TeacherError.self) { try await anthropic.results(of: done) }
        // Files that are not named yet although rows were tried come later.
        let early = BatchState(id: "b", status: "completed", isOver: true, total: 2, done: 2, createdAt: 0, results: [])
        await #expect(throws: TeacherError.self) { try await openAI.results(of: early) }
    }

    @Test func aLineThatCannotBeReadIsCounted() async throws {
        let good = #"{"custom_id":"aa","response":{"status_code":200,"body":{"x":1}},"error":null}"#
        let torn = good + "\n" + #"{"custom_id":"bb","response":{"status_c"# + "\n{}\n"
        let service = try service(OpenAIChatDialect(model: "m"), ScriptedTransport(.status(200, torn)))
        let done = BatchState(id: "b", status: "completed", isOver: true, total: 2, done: 2, createdAt: 0, results: ["out"])
        let results = try await service.results(of: done)
        #expect(results.rows.map(\.id) == ["aa"] && results.unreadable == 2)
    }

    @Test func aSuccessWithoutItsAnswerIsNotUntried() async throws {
        let done = BatchState(id: "b", status: "ended", isOver: true, total: 1, done: 1, createdAt: 0, results: ["http://h/r"])
        let openAI = #"{"custom_id":"aa","response":{"status_code":200},"error":null}"#
        let chat = try service(OpenAIChatDialect(model: "m"), ScriptedTransport(.status(200, openAI)))
        #expect(try await chat.results(of: done).rows.map(\.result) == [.response(status: 200, body: Data("null".utf8))])
        let anthropic = #"{"custom_id":"aa","result":{"type":"succeeded"}}"#
        let messages = try service(AnthropicDialect(model: "m"), ScriptedTransport(.status(200, anthropic)))
        #expect(try await messages.results(of: done).rows.map(\.result) == [.response(status: 200, body: Data("null".utf8))])
    }

    @Test(arguments: ["{}", "[]", "{\"data\":null}", "<html></html>"])
    func aListThatIsNoneDoesNotMeanThatThereIsNoBatch(body: String) async throws {
        for dialect in [OpenAIChatDialect(model: "m") as any Dialect, AnthropicDialect(model: "m")] {
            let service = try service(dialect, ScriptedTransport(.status(200, body)))
            await #expect(throws: TeacherError.self) { try await service.all() }
        }
    }

    @Test func countsOfRowsNeverOverflow() async throws {
        let most = Int64.max
        let openAI =
            #"{"id":"b","status":"completed","request_counts":{"total":\#(most),"completed":\#(most),"failed":\#(most)},"created_at":1}"#
        #expect(try await service(OpenAIChatDialect(model: "m"), ScriptedTransport(.status(200, openAI))).state(of: "b").done == 2 << 32)
        let anthropic =
            #"{"id":"b","processing_status":"ended","request_counts":{"processing":-\#(most),"succeeded":\#(most),"errored":\#(most)}}"#
        #expect(try await service(AnthropicDialect(model: "m"), ScriptedTransport(.status(200, anthropic))).state(of: "b").done == 2 << 32)
    }

    @Test func whatChangesNothingIsRepeated() async throws {
        let transport = ScriptedTransport(.failure(TransportFault(.cut, "cut")), .status(503), .status(200, Self.openAI))
        #expect(try await service(OpenAIChatDialect(model: "m"), transport).state(of: "batch_1").id == "batch_1")
        let throttled = ScriptedTransport(.status(429, headers: "Retry-After: 30\r\n"), .status(200, Self.openAI))
        #expect(try await service(OpenAIChatDialect(model: "m"), throttled).submit(rows, file: "f", name: "n").id == "batch_1")
        let refused = ScriptedTransport(.status(401, #"{"error":{"message":"no"}}"#))
        let error = try await #require(throws: TeacherError.self) {
            try await service(OpenAIChatDialect(model: "m"), refused).state(of: "batch_1")
        }
        #expect(error.code == .keyRefused)
    }

    @Test func pagesAreFollowed() async throws {
        let first = #"{"data":[\#(Self.openAI)],"has_more":true}"#
        let transport = ScriptedTransport(.status(200, first), .status(200, #"{"data":[],"has_more":false}"#))
        #expect(try await service(OpenAIChatDialect(model: "m"), transport).all().map(\.id) == ["batch_1"])
        #expect(transport.requests[1].url == "http://h/v1/batches?limit=100&after=batch_1")
    }
}
