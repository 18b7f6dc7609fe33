import Foundation
import PladHTTP
import PladMock
import PladRecords
import PladTestSupport
import Testing

/// The batch APIs of the mock teacher, over the wire.
@Suite(.timeLimit(.minutes(10))) struct MockBatchTests {
    private func serve(_ script: MockScript = MockScript(), _ ask: (LoopbackClient, UInt16) async throws -> Void) async throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = HTTPServer(listener: listener, handler: MockTeacher(script: script))
        defer { Task { await server.stop(abruptly: true) } }
        try await ask(try LoopbackClient(port: listener.port), listener.port)
    }

    private func row(_ id: String, _ prompt: String) -> JSONValue {
        [
            "custom_id": .string(id), "method": "POST", "url": "/v1/chat/completions",
            "body": ["messages": [["role": "user", "content": .string(prompt)]]],
        ]
    }

    private func submit(_ rows: [JSONValue], _ client: LoopbackClient) async throws -> JSONValue {
        let file = rows.map(\.canonical).joined(separator: "\n")
        let form =
            "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n"
            + file + "\r\n--XX--\r\n"
        client.send(
            "POST /v1/files HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
                + "Content-Length: \(form.utf8.count)\r\n\r\n" + form)
        let uploaded = try await client.response()
        #expect(uploaded.json["bytes"]?.int == file.utf8.count)
        let order: JSONValue = [
            "input_file_id": uploaded.json["id"] ?? .null, "endpoint": "/v1/chat/completions", "completion_window": "24h",
            "metadata": ["run": "r1"],
        ]
        return try await client.ask("POST", "/v1/batches", order).json
    }

    private func lines(_ client: LoopbackClient, _ file: JSONValue?) async throws -> [JSONValue] {
        try await client.ask("GET", "/v1/files/\(file?.string ?? "")/content").body.split(separator: "\n")
            .map { try JSONValue(parsing: Data($0.utf8)) }
    }

    @Test func aBatchIsInProgressForItsPollsAndThenHasItsRows() async throws {
        try await serve { client, _ in
            let batch = try await submit([row("a", "one"), row("b", "two")], client)
            #expect(batch["status"] == "validating" && batch["metadata"]?["run"] == "r1")
            let path = "/v1/batches/\(batch["id"]?.string ?? "")"
            #expect(try await client.ask("GET", path).json["status"] == "in_progress")
            #expect(try await client.ask("GET", path).json["status"] == "in_progress")
            let done = try await client.ask("GET", path).json
            #expect(done["status"] == "completed" && done["error_file_id"] == .null)
            #expect(done["request_counts"] == ["total": 2, "completed": 2, "failed": 0])
            let rows = try await lines(client, done["output_file_id"])
            // Not in the order of the input.
            #expect(rows.map { $0["custom_id"]?.string } == ["b", "a"])
            #expect(rows[1]["response"]?["body"]?["choices"]?[0]?["message"]?["content"] == "You said: one")
            #expect(try await client.ask("GET", "/v1/batches").json["data"]?[0]?["id"] == batch["id"])
        }
    }

    @Test func rowsFailExpireAndGoMissing() async throws {
        var script = MockScript()
        script.batch.polls = 0
        var replies: [MockReply] = []
        for status in [500, 200, 200] { replies.append(MockReply()); replies[replies.count - 1].status = status }
        replies[1].hangUp = true
        replies[2].silent = true
        script.sequence = replies
        try await serve(script) { client, _ in
            // The same body three times is three attempts at it.
            let batch = try await submit([row("a", "x"), row("b", "x"), row("c", "x"), row("d", "x")], client)
            let done = try await client.ask("GET", "/v1/batches/\(batch["id"]?.string ?? "")").json
            #expect(try await lines(client, done["output_file_id"]).map { $0["custom_id"]?.string } == ["d"])
            let failed = try await lines(client, done["error_file_id"])
            #expect(failed.map { $0["custom_id"]?.string } == ["b", "a"])
            #expect(failed[0]["error"]?["code"] == "batch_expired" && failed[1]["response"]?["status_code"] == 500)
        }
    }

    @Test func aBatchCanBeCancelledExpireOrFail() async throws {
        try await serve { client, _ in
            let batch = try await submit([row("a", "x")], client)
            let path = "/v1/batches/\(batch["id"]?.string ?? "")"
            #expect(try await client.ask("POST", path + "/cancel").json["status"] == "cancelling")
            #expect(try await client.ask("GET", path).json["status"] == "cancelled")
            #expect(try await client.ask("GET", "/v1/batches/none").status == 404)
        }
        for (ending, name) in [(MockBatchRules.Ending.expired, "expired"), (.failed, "failed")] {
            var script = MockScript()
            script.batch.polls = 0
            script.batch.ends = ending
            try await serve(script) { client, _ in
                let batch = try await submit([row("a", "x"), row("b", "y")], client)
                let done = try await client.ask("GET", "/v1/batches/\(batch["id"]?.string ?? "")").json
                #expect(done["status"]?.string == name)
                #expect((done["errors"]?["data"]?[0]?["message"]?.string == nil) == (ending == .expired))
                if ending == .expired { #expect(try await lines(client, done["output_file_id"]).count == 1) }
            }
        }
    }

    @Test func aRowWithAnIdTwiceFailsTheBatch() async throws {
        try await serve { client, _ in
            let batch = try await submit([row("a", "x"), row("a", "y")], client)
            let failed = try await client.ask("GET", "/v1/batches/\(batch["id"]?.string ?? "")").json
            #expect(failed["status"] == "failed")
            #expect(failed["errors"]?["data"]?[0]?["message"]?.string?.contains("line 2") == true)
        }
    }

    @Test func messageBatchesEndWithResults() async throws {
        var script = MockScript()
        script.batch.polls = 1
        try await serve(script) { client, _ in
            func request(_ id: String) -> JSONValue {
                ["custom_id": .string(id), "params": ["messages": [["role": "user", "content": .string("about " + id)]]]]
            }
            #expect(try await client.ask("POST", "/v1/messages/batches", ["requests": [request("a b")]]).status == 400)
            let batch = try await client.ask("POST", "/v1/messages/batches", ["requests": [request("a"), request("b")]]).json
            #expect(batch["processing_status"] == "in_progress" && batch["request_counts"]?["processing"] == 2)
            let path = "/v1/messages/batches/\(batch["id"]?.string ?? "")"
            #expect(try await client.ask("GET", path).json["results_url"] == .null)
            #expect(try await client.ask("GET", path + "/results").status == 404)
            let done = try await client.ask("GET", path).json
            #expect(done["processing_status"] == "ended" && done["request_counts"]?["succeeded"] == 2)
            let address = try #require(done["results_url"]?.string)
            #expect(address.hasSuffix(path + "/results"))
            let rows = try await client.ask("GET", path + "/results").body.split(separator: "\n")
                .map { try JSONValue(parsing: Data($0.utf8)) }
            #expect(rows.map { $0["custom_id"]?.string } == ["b", "a"])
            #expect(rows[0]["result"]?["message"]?["content"]?[0]?["text"] == "You said: about b")
        }
    }

    @Test func aCutSubmissionLeavesABatchThatIsListed() async throws {
        var script = MockScript()
        var (throttled, cut) = (MockReply(), MockReply())
        throttled.status = 429
        cut.cutAfterBytes = 5
        script.batch.sequence = [throttled, cut]
        try await serve(script) { client, port in
            let path = "/v1/messages/batches"
            let order: JSONValue = ["requests": [["custom_id": "a", "params": ["messages": []]]]]
            #expect(try await client.ask("POST", path, order).status == 429)
            await #expect(throws: LoopbackClient.Ended.self) { try await client.ask("POST", path, order) }
            // The list is an address of its own: it is throttled and cut too, then served.
            let second = try LoopbackClient(port: port)
            #expect(try await second.ask("GET", path).status == 429)
            await #expect(throws: LoopbackClient.Ended.self) { try await second.ask("GET", path) }
            let listed = try await LoopbackClient(port: port).ask("GET", path).json
            #expect(listed["data"]?.array?.count == 1)
        }
    }
}
