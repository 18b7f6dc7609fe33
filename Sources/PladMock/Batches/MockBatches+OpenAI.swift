import Foundation
import PladHTTP
import PladRecords

/// Implements OpenAI's files and batches. Source: OpenAI API reference, "Files" and "Batch".
extension MockBatches {
    func file(_ call: Call) -> HTTPResponse {
        if call.isPost {
            guard let form = MultipartForm(call.request), let content = form["file"], form["purpose"] == Data("batch".utf8) else {
                return .refusal(400, "the request is no multipart form with a \"file\" and the \"purpose\" batch")
            }
            return HTTPResponse(status: 200, json: object(add(content), bytes: content.count))
        }
        guard let content = file(named: call.id) else { return .refusal(404, "no such file: \(call.id)") }
        if call.request.method == "DELETE" {
            return HTTPResponse(status: 200, json: ["id": .string(call.id), "object": "file", "deleted": true])
        }
        guard call.action == "content" else { return HTTPResponse(status: 200, json: object(call.id, bytes: content.count)) }
        return HTTPResponse(status: 200, headers: ["Content-Type": "application/octet-stream"], body: content)
    }

    private func object(_ file: String, bytes: Int) -> JSONValue {
        [
            "id": .string(file), "object": "file", "bytes": .number(bytes), "purpose": "batch", "filename": "batch.jsonl",
            "created_at": 0, "status": "processed",
        ]
    }

    func openAI(_ call: Call) -> HTTPResponse {
        switch (call.isPost, call.id, call.action) {
        case (true, "", _): return submission(call.request)
        case (false, "", _):
            let data = all(prefix: "batch_").map { document($0) }
            return HTTPResponse(status: 200, json: ["object": "list", "data": .array(data), "has_more": false])
        case (true, let id, "cancel"):
            guard let batch = update(id, { $0.cancel() }) else { return .refusal(404, "no such batch: \(id)") }
            return HTTPResponse(status: 200, json: document(batch))
        case (false, let id, ""):
            guard let batch = update(id, { $0.advance() }) else { return .refusal(404, "no such batch: \(id)") }
            return HTTPResponse(status: 200, json: document(batch))
        default: return .refusal(404, "no such address: \(call.request.path)")
        }
    }

    private func submission(_ request: ServerRequest) -> HTTPResponse {
        let order = (try? JSONValue(parsing: request.body)) ?? .null
        guard let name = order["input_file_id"]?.string, let content = file(named: name) else {
            return .refusal(400, "\"input_file_id\" names no file")
        }
        guard let endpoint = order["endpoint"]?.string, order["completion_window"] == "24h" else {
            return .refusal(400, "\"endpoint\" or \"completion_window\" (24h) is missing")
        }
        var problem: String?
        var seen: Set<String> = []
        let rows = content.split(separator: UInt8(ascii: "\n")).enumerated().compactMap { number, line -> MockBatch.Row? in
            guard let row = try? JSONValue(parsing: Data(line)), let id = row["custom_id"]?.string, let body = row["body"],
                row["method"] == "POST", row["url"]?.string == endpoint, seen.insert(id).inserted
            else {
                problem = "line \(number + 1) is no row with a new \"custom_id\", a \"body\", the \"method\" POST and the batch's \"url\""
                return nil
            }
            return MockBatch.Row(customID: id, path: endpoint, body: body)
        }
        let batch = add(rows, prefix: "batch_") {
            $0.input = name
            $0.endpoint = endpoint
            $0.problem = problem ?? (rows.isEmpty ? "the file is empty" : nil)
            $0.metadata = order["metadata"] ?? .null
        }
        return HTTPResponse(status: 200, json: document(batch))
    }

    private func document(_ batch: MockBatch) -> JSONValue {
        let names: [MockBatch.Phase: JSONValue] = [
            .validating: "validating", .inProgress: "in_progress", .cancelling: "cancelling", .cancelled: "cancelled",
            .completed: "completed", .expired: "expired", .failed: "failed",
        ]
        var fields: [String: JSONValue] = [
            "id": .string(batch.id), "object": "batch", "endpoint": .string(batch.endpoint), "input_file_id": .string(batch.input),
            "completion_window": "24h", "status": names[batch.phase]!, "created_at": 0, "metadata": batch.metadata,
            "output_file_id": .null, "error_file_id": .null, "errors": .null,
        ]
        var (completed, failed) = (batch.tried, 0)
        if batch.phase == .failed {
            let message = batch.problem ?? "the batch has failed"
            let error: JSONValue = ["code": "invalid_batch", "message": .string(message), "line": .null, "param": .null]
            fields["errors"] = ["object": "list", "data": [error]]
        } else if batch.phase.isOver {
            let lines = outputs(batch)
            (completed, failed) = (lines.good.count, lines.bad.count)
            if !lines.good.isEmpty { fields["output_file_id"] = .string(file(lines.good, "output", of: batch)) }
            if !lines.bad.isEmpty { fields["error_file_id"] = .string(file(lines.bad, "errors", of: batch)) }
        }
        fields["request_counts"] = ["total": .number(batch.rows.count), "completed": .number(completed), "failed": .number(failed)]
        return .object(fields)
    }

    private func file(_ lines: [JSONValue], _ kind: String, of batch: MockBatch) -> String {
        add(Data(lines.map { $0.canonical + "\n" }.joined().utf8), named: "file-mock-\(batch.id)-\(kind)")
    }

    /// The lines of the output file and of the error file.
    private func outputs(_ batch: MockBatch) -> (good: [JSONValue], bad: [JSONValue]) {
        var (good, bad): ([JSONValue], [JSONValue]) = ([], [])
        for (id, result) in results(of: batch) {
            func line(_ response: JSONValue, _ error: JSONValue) -> JSONValue {
                ["id": .string("batch_req_" + id), "custom_id": .string(id), "response": response, "error": error]
            }
            func response(_ status: Int, _ body: JSONValue) -> JSONValue {
                ["status_code": .number(status), "request_id": .string("req_" + id), "body": body]
            }
            switch result {
            case .answered(let body): good.append(line(response(200, body), .null))
            case .failed(let status, let body): bad.append(line(response(status, body), .null))
            case .expired:
                bad.append(
                    line(.null, ["code": "batch_expired", "message": "This request could not be executed before the window ended."]))
            case .cancelled:
                bad.append(line(.null, ["code": "batch_cancelled", "message": "The batch was cancelled before this request ran."]))
            }
        }
        return (good, bad)
    }
}
