import Foundation
import PladHTTP
import PladRecords

/// Implements Anthropic's message batches. Source: Anthropic API reference, "Create a Message Batch" and related pages.
extension MockBatches {
    func anthropic(_ call: Call) -> HTTPResponse {
        let host = call.request.headers["host"] ?? "localhost"
        func document(_ batch: MockBatch) -> HTTPResponse { HTTPResponse(status: 200, json: self.document(batch, host: host)) }
        let missing = HTTPResponse.refusal(404, "no such batch: \(call.id)")
        switch (call.isPost, call.id, call.action) {
        case (true, "", _): return submission(call.request, host: host)
        case (false, "", _):
            let data = all(prefix: "msgbatch_").map { self.document($0, host: host) }
            return HTTPResponse(status: 200, json: ["data": .array(data), "has_more": false])
        case (true, let id, "cancel"): return update(id) { $0.cancel() }.map(document) ?? missing
        case (false, let id, ""): return update(id) { $0.advance() }.map(document) ?? missing
        case (false, let id, "results"):
            guard let batch = update(id, { _ in }) else { return missing }
            guard batch.phase.isOver else { return .refusal(404, "batch \(id) has no results yet") }
            return .lines(results(of: batch).map { ["custom_id": .string($0.id), "result": Self.document($0.result)] })
        default: return .refusal(404, "no such address: \(call.request.path)")
        }
    }

    private func submission(_ request: ServerRequest, host: String) -> HTTPResponse {
        let order = (try? JSONValue(parsing: request.body)) ?? .null
        guard let requests = order["requests"]?.array, !requests.isEmpty else { return .refusal(400, "\"requests\" is missing or empty") }
        var seen: Set<String> = []
        var rows: [MockBatch.Row] = []
        for (number, request) in requests.enumerated() {
            guard let id = request["custom_id"]?.string, id.wholeMatch(of: /[a-zA-Z0-9_-]{1,64}/) != nil, seen.insert(id).inserted,
                let body = request["params"]
            else {
                return .refusal(400, "requests.\(number): \"custom_id\" must be new, 1 to 64 letters, digits, _ or -, beside \"params\"")
            }
            rows.append(MockBatch.Row(customID: id, path: "/v1/messages", body: body))
        }
        return HTTPResponse(status: 200, json: document(add(rows, prefix: "msgbatch_"), host: host))
    }

    private func document(_ batch: MockBatch, host: String) -> JSONValue {
        let isOver = batch.phase.isOver
        var counts = ["processing": isOver ? 0 : batch.rows.count, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0]
        if isOver { for (_, result) in results(of: batch) { counts[Self.name(result), default: 0] += 1 } }
        let state: JSONValue = isOver ? "ended" : batch.phase == .cancelling ? "canceling" : "in_progress"
        let epoch: JSONValue = "1970-01-01T00:00:00Z"
        return [
            "id": .string(batch.id), "type": "message_batch", "processing_status": state,
            "request_counts": .object(counts.mapValues { .number($0) }), "created_at": epoch, "expires_at": "1970-01-02T00:00:00Z",
            "ended_at": isOver ? epoch : .null,
            "results_url": isOver ? .string("http://\(host)/v1/messages/batches/\(batch.id)/results") : .null,
        ]
    }

    private static func name(_ result: MockRowResult) -> String {
        switch result {
        case .answered: "succeeded"
        case .failed: "errored"
        case .expired: "expired"
        case .cancelled: "canceled"
        }
    }

    private static func document(_ result: MockRowResult) -> JSONValue {
        let type = JSONValue.string(name(result))
        return switch result {
        case .answered(let message): ["type": type, "message": message]
        case .failed(_, let error): ["type": type, "error": error]
        case .expired, .cancelled: ["type": type]
        }
    }
}
