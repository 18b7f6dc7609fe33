import Foundation
import PladHTTP
import PladRecords

/// The batches of Anthropic's API. They store no name: a submission whose response was lost is found by its time, its number of rows
/// and, at the end, by the rows' ids. Source: Anthropic API reference, "Message Batches".
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
        let counts = (document["request_counts"]?.object ?? [:]).mapValues(\.rowCount)
        let total = counts.values.reduce(0, +)
        let created = document["created_at"]?.string.flatMap { try? Date($0.replacing(/\.\d+/, with: ""), strategy: .iso8601) }
        return BatchState(
            id: id, status: status, isOver: status == "ended", total: total == 0 ? nil : total, done: total - (counts["processing"] ?? 0),
            createdAt: created.map { Int64($0.timeIntervalSince1970) } ?? 0, results: ["\(address)/\(id.asPathPart)/results"])
    }

    func results(of batch: BatchState) async throws -> BatchResults {
        var (results, last) = (BatchResults(), Data())
        for place in batch.results {
            last = try await wire.send(place)
            results.add(last, Self.result)
        }
        return try results.checked(of: batch, at: batch.results.last ?? address, last: last)
    }

    private static func result(_ row: JSONValue) -> BatchResults.Row? {
        guard let id = row["custom_id"]?.string, let result = row["result"], let type = result["type"]?.string else { return nil }
        switch type {
        case "errored":
            let error = result["error"] ?? .null
            return .init(id: id, result: .response(status: ProviderFault(inside: error)?.status ?? 500, body: Data(error.canonical.utf8)))
        case "expired", "canceled": return .init(id: id, result: .untried(type))
        default:
            // One that has succeeded without a message cannot be read, and is paid for all the same.
            return .init(id: id, result: .response(status: 200, body: Data((result["message"] ?? .null).canonical.utf8)))
        }
    }
}
