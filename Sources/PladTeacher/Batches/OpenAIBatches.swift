import Foundation
import PladHTTP
import PladRecords

/// The batches of OpenAI's API: a file of rows is uploaded, then submitted; results come in files too. The metadata store the name.
/// Source: OpenAI API reference, "Batch" and "Files".
struct OpenAIBatches: BatchCollection {
    let most = (rows: 50_000, bytes: 200_000_000)
    let keepsNames = true
    private let base: String
    let cursor = "after"
    /// Path of a single request, as rows and batches name it.
    private let path: String
    let wire: BatchWire

    init(endpoint: Endpoint, wire: BatchWire) {
        // The rows' address is the provider's own, wherever a gateway puts it.
        let whole = endpoint.pathOnly
        let start = whole.range(of: "/v1/", options: .backwards)?.lowerBound ?? whole.startIndex
        path = String(whole[start...])
        let name = ["/chat/completions", "/completions", "/responses"].first(where: whole.hasSuffix) ?? ""
        base = endpoint.origin + whole.dropLast(name.count)
        self.wire = wire
    }

    var address: String { base + "/batches" }

    func upload(_ rows: [BatchRow], name: String) async throws -> String? {
        let boundary = "plad-\(name)"
        var form = Data()
        form.append(contentsOf: "--\(boundary)\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n".utf8)
        form.append(contentsOf: "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name).jsonl\"\r\n".utf8)
        form.append(contentsOf: "Content-Type: application/jsonl\r\n\r\n".utf8)
        for row in rows {
            let url = JSONValue.string(path).canonical
            form.append(contentsOf: "{\"body\":\(row.body),\"custom_id\":\"\(row.id)\",\"method\":\"POST\",\"url\":\(url)}\n".utf8)
        }
        form.append(contentsOf: "\r\n--\(boundary)--\r\n".utf8)
        let file = try await wire.document("\(base)/files", body: form, type: "multipart/form-data; boundary=\(boundary)")
        guard let id = file["id"]?.string else { throw TeacherError(.rejected, "\(base)/files names no file for the batch") }
        return id
    }

    func submit(_ rows: [BatchRow], file: String?, name: String) async throws -> BatchState {
        let order: JSONValue = [
            "input_file_id": .string(file ?? ""), "endpoint": .string(path), "completion_window": "24h",
            "metadata": ["plad": .string(name)],
        ]
        return try submitted(await wire.document(address, body: Data(order.canonical.utf8), mayRepeat: false))
    }

    func state(_ document: JSONValue) throws -> BatchState {
        guard let id = document["id"]?.string, let status = document["status"]?.string else {
            throw TeacherError(.rejected, "\(address) answers no batch")
        }
        let counts = document["request_counts"]
        let done = (counts?["completed"]?.rowCount ?? 0) + (counts?["failed"]?.rowCount ?? 0)
        return BatchState(
            id: id, status: status, isOver: ["completed", "failed", "expired", "cancelled"].contains(status),
            total: counts?["total"]?.rowCount.nonZero, done: done, name: document["metadata"]?["plad"]?.string,
            createdAt: Int64(document["created_at"]?.int ?? 0),
            results: ["output_file_id", "error_file_id"].compactMap { document[$0]?.string },
            problem: document["errors"]?["data"]?[0]?["message"]?.string)
    }

    func results(of batch: BatchState) async throws -> BatchResults {
        var (results, last, place) = (BatchResults(), Data(), address)
        for file in batch.results {
            place = "\(base)/files/\(file.asPathPart)/content"
            last = try await wire.send(place)
            results.add(last, Self.result)
        }
        return try results.checked(of: batch, at: place, last: last)
    }

    private static func result(_ row: JSONValue) -> BatchResults.Row? {
        guard let id = row["custom_id"]?.string else { return nil }
        if let response = row["response"], response != .null {
            // A response without its body cannot be read, and is paid for all the same.
            let body = response["body"] ?? .null
            return .init(id: id, result: .response(status: response["status_code"]?.int ?? 200, body: Data(body.canonical.utf8)))
        }
        guard let error = row["error"], error.isError else { return nil }
        return .init(id: id, result: .untried(error["code"]?.string ?? error["message"]?.string ?? "no reason given"))
    }
}

extension Int {
    fileprivate var nonZero: Int? { self == 0 ? nil : self }
}
