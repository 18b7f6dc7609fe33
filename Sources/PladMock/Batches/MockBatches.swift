import Foundation
import PladHTTP
import PladRecords

/// The batches and files of a mock teacher, and their addresses. `lock` guards all state.
///
/// A row is an attempt at its body, like a request sent alone: the script decides its reply. Of the faults without a response,
/// `hang-up` is a row that has expired and `silent` one that is missing from the results; a row with status 200 is answered, whatever
/// would happen on the wire. Results are in reverse order, since clients must match rows by id.
final class MockBatches: @unchecked Sendable {
    let script: MockScript
    private let attempts: MockAttempts
    private let lock = NSLock()
    private var files: [String: Data] = [:]
    private var batches: [String: MockBatch] = [:]
    /// Ids in the order of submission.
    private var order: [String] = []
    private var results: [String: [(id: String, result: MockRowResult)]] = [:]
    private var requests: [String: Int] = [:]

    init(script: MockScript, attempts: MockAttempts) {
        self.script = script
        self.attempts = attempts
    }

    /// The script's reply to this request to a batch address; nil for a plain one.
    func fault(_ request: ServerRequest) -> MockReply? {
        lock.withLock {
            let number = requests[request.method + request.path, default: 0]
            requests[request.method + request.path] = number + 1
            return script.batch.sequence.indices.contains(number) ? script.batch.sequence[number] : nil
        }
    }

    /// The response to a request to a batch address; nil for any other address.
    func response(to request: ServerRequest) -> HTTPResponse? {
        let parts = request.path.split(separator: "/").map(String.init)
        guard let start = parts.lastIndex(where: { $0 == "batches" || $0 == "files" }) else { return nil }
        let isAnthropic = start > 0 && parts[start - 1] == "messages"
        let call = Call(request: request, place: Array(parts[(start + 1)...]))
        return lock.withLock {
            if parts[start] == "files" { return file(call) }
            return isAnthropic ? anthropic(call) : openAI(call)
        }
    }

    struct Call {
        let request: ServerRequest
        /// Parts of the path after the collection's name.
        let place: [String]
        var id: String { place.first ?? "" }
        var action: String { place.count > 1 ? place[1] : "" }
        var isPost: Bool { request.method == "POST" }
    }

    // The following run under the lock.

    func add(_ content: Data) -> String {
        let id = "file-mock-\(files.count)"
        files[id] = content
        return id
    }

    func add(_ content: Data, named id: String) -> String {
        files[id] = content
        return id
    }

    func file(named id: String) -> Data? { files[id] }

    func add(_ rows: [MockBatch.Row], prefix: String, _ change: (inout MockBatch) -> Void = { _ in }) -> MockBatch {
        var batch = MockBatch(id: "\(prefix)mock_\(batches.count)", rows: rows, rules: script.batch)
        change(&batch)
        batches[batch.id] = batch
        order.append(batch.id)
        return batch
    }

    func all(prefix: String) -> [MockBatch] { order.filter { $0.hasPrefix(prefix) }.reversed().compactMap { batches[$0] } }

    /// Applies `change` to a batch and returns it.
    func update(_ id: String, _ change: (inout MockBatch) -> Void) -> MockBatch? {
        guard batches[id] != nil else { return nil }
        change(&batches[id]!)
        return batches[id]
    }

    /// The results of a batch that has ended; its rows are tried on the first request.
    func results(of batch: MockBatch) -> [(id: String, result: MockRowResult)] {
        if let known = results[batch.id] { return known }
        let all = batch.rows.enumerated().compactMap { number, row -> (String, MockRowResult)? in
            guard number < batch.tried else { return (row.customID, batch.phase == .cancelled ? .cancelled : .expired) }
            return result(of: row, in: batch).map { (row.customID, $0) }
        }
        results[batch.id] = all.reversed()
        return all.reversed()
    }

    private func result(of row: MockBatch.Row, in batch: MockBatch) -> MockRowResult? {
        let digest = Digest(of: Data(row.body.canonical.utf8))
        let reply = attempts.next(digest, batch: batch.id) ?? MockReply()
        if reply.silent { return nil }
        if reply.hangUp { return .expired }
        let answer = MockCompletion(reply, script: script, path: row.path, request: row.body, digest: digest)
        guard reply.status < 300 else { return .failed(status: reply.status, answer.error) }
        return .answered(reply.body.map { (try? JSONValue(parsing: Data($0.utf8))) ?? .string($0) } ?? answer.document)
    }
}

extension HTTPResponse {
    /// A JSON error in OpenAI's format, which Anthropic's clients read as well.
    static func refusal(_ status: Int, _ message: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            json: ["type": "error", "error": ["type": "invalid_request_error", "message": .string(message), "code": .null]])
    }

    static func lines(_ documents: [JSONValue]) -> HTTPResponse {
        HTTPResponse(
            status: 200, headers: ["Content-Type": "application/x-jsonlines"],
            body: Data(documents.map { $0.canonical + "\n" }.joined().utf8))
    }
}
