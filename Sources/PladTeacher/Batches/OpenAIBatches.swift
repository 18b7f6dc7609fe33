import Foundation
import PladRecords

/// OpenAI's batches: a file of rows is uploaded, then submitted; results come in files too. The name is kept in the
/// metadata. Source: OpenAI API reference, "Batch" and "Files".
struct OpenAIBatches: BatchCollection {
    let most = (rows: 50_000, bytes: 200_000_000)
    let keepsNames = true
    private let base: String
    let cursor = "after"
    /// The address of one request, as rows and batches name it.
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
        let done = (counts?["completed"]?.int ?? 0) + (counts?["failed"]?.int ?? 0)
        return BatchState(
            id: id, status: status, isOver: ["completed", "failed", "expired", "cancelled"].contains(status),
            total: counts?["total"]?.int.flatMap { $0 == 0 ? nil : $0 }, done: done, name: document["metadata"]?["plad"]?.string,
            createdAt: Int64(document["created_at"]?.int ?? 0),
            results: ["output_file_id", "error_file_id"].compactMap { document[$0]?.string },
            problem: document["errors"]?["data"]?[0]?["message"]?.string)
    }

    func results(of batch: BatchState) async throws -> [(id: String, result: BatchResult)] {
        var results: [(id: String, result: BatchResult)] = []
        for file in batch.results {
            for (_, line) in JSONLines.lines(of: try await wire.send("\(base)/files/\(file)/content")) {
                guard let row = try? JSONValue(parsing: line), let id = row["custom_id"]?.string else { continue }
                if let response = row["response"], let status = response["status_code"]?.int, let body = response["body"] {
                    results.append((id, .response(status: status, body: Data(body.canonical.utf8))))
                } else {
                    let why = row["error"]?["code"]?.string ?? row["error"]?["message"]?.string ?? "no reason given"
                    results.append((id, .untried(why)))
                }
            }
        }
        return results
    }
}
