import Foundation
import PladHTTP
import PladRecords

/// Anthropic's message batches. They keep no name: a submission whose answer was lost is known by its time, its number of
/// rows and, in the end, by the rows' ids. Source: Anthropic API reference, "Message Batches".
struct AnthropicBatches: BatchCollection {
    let most = (rows: 100_000, bytes: 256_000_000)
    let keepsNames = false
    let address: String
    let cursor = "after_id"
    let wire: BatchWire

    func upload(_ rows: [BatchRow], name: String) async throws -> String? { nil }

    func submit(_ rows: [BatchRow], file: String?, name: String) async throws -> BatchState {
        var order = Data("{\"requests\":[".utf8)
        for (index, row) in rows.enumerated() {
            order.append(contentsOf: "\(index == 0 ? "" : ",")\n{\"custom_id\":\"\(row.id)\",\"params\":\(row.body)}".utf8)
        }
        order.append(contentsOf: "]}".utf8)
        return try submitted(await wire.document(address, body: order, mayRepeat: false))
    }

    func state(_ document: JSONValue) throws -> BatchState {
        guard let id = document["id"]?.string, let status = document["processing_status"]?.string else {
            throw TeacherError(.rejected, "\(address) answers no batch")
        }
        let counts = (document["request_counts"]?.object ?? [:]).compactMapValues(\.int)
        let total = counts.values.reduce(0, +)
        let created = document["created_at"]?.string.flatMap { try? Date($0.replacing(/\.\d+/, with: ""), strategy: .iso8601) }
        return BatchState(
            id: id, status: status, isOver: status == "ended", total: total == 0 ? nil : total, done: total - (counts["processing"] ?? 0),
            createdAt: created.map { Int64($0.timeIntervalSince1970) } ?? 0, results: ["\(address)/\(id)/results"])
    }

    func results(of batch: BatchState) async throws -> [(id: String, result: BatchResult)] {
        var results: [(id: String, result: BatchResult)] = []
        for place in batch.results {
            for (_, line) in JSONLines.lines(of: try await wire.send(place)) {
                guard let row = try? JSONValue(parsing: line), let id = row["custom_id"]?.string, let result = row["result"] else {
                    continue
                }
                if let message = result["message"], result["type"] == "succeeded" {
                    results.append((id, .response(status: 200, body: Data(message.canonical.utf8))))
                } else if let error = result["error"] {
                    let body = Data(error.canonical.utf8)
                    let status = ProviderFault(inside: error)?.status ?? 500
                    results.append((id, .response(status: status, body: body)))
                } else {
                    results.append((id, .untried(result["type"]?.string ?? "no reason given")))
                }
            }
        }
        return results
    }
}
