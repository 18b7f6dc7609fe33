import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// What a provider says of a batch, and its rows, is read or refused.
struct FuzzBatchTests {
    private static let states: [(any Dialect, state: String, rows: String)] = [
        (
            OpenAIChatDialect(model: "m"),
            #"{"id":"batch_1","status":"completed","created_at":1700000000,"output_file_id":"out","error_file_id":"bad","request_counts":{"total":3,"completed":2,"failed":1},"metadata":{"plad":"name"},"errors":{"data":[{"message":"no"}]}}"#,
            #"{"id":"r1","custom_id":"aa","response":{"status_code":200,"body":{"x":1}},"error":null}"# + "\n"
                + #"{"id":"r3","custom_id":"cc","response":null,"error":{"code":"batch_expired","message":"late"}}"#
        ),
        (
            AnthropicDialect(model: "m"),
            #"{"id":"msgbatch_1","processing_status":"ended","request_counts":{"processing":2,"succeeded":1,"errored":0,"canceled":0,"expired":0},"created_at":"2024-09-24T18:37:24.100435Z","results_url":null}"#,
            #"{"custom_id":"bb","result":{"type":"errored","error":{"type":"error","error":{"type":"overloaded_error","message":"busy"}}}}"#
                + "\n"
                + #"{"custom_id":"aa","result":{"type":"succeeded","message":{"id":"m"}}}"#
        ),
    ]

    private static func service(_ dialect: any Dialect, _ bodies: [String]) throws -> any BatchService {
        let wire = BatchWire(
            transport: ScriptedTransport(bodies.map { .status(200, $0) }), headers: [], policy: RetryPolicy(attempts: 1),
            clock: InstantClock(),
            random: { 0 })
        return try #require(BatchServices.service(for: try Endpoint("http://h/v1", dialect: dialect), dialect: dialect, wire: wire))
    }

    @Test(arguments: [0, 1]) func damagedStatesAreRefusedOrRead(which: Int) async throws {
        let (dialect, state, rows) = Self.states[which]
        try await Fuzzing(name: "batches of \(dialect.name)", share: 0.03).run([Array(state.utf8)], isJSON: true) { bytes, _ in
            let service = try Self.service(dialect, [String(decoding: bytes, as: UTF8.self), rows])
            let state = try await service.state(of: "batch_1")
            #expect(state.done >= 0 && (state.total ?? 0) >= 0)
            _ = try await service.results(of: state)
        }
    }

    @Test(arguments: [0, 1]) func damagedRowsAreRefusedOrRead(which: Int) async throws {
        let (dialect, state, rows) = Self.states[which]
        try await Fuzzing(name: "rows of \(dialect.name)", share: 0.02).run([Array(rows.utf8)]) { bytes, _ in
            let service = try Self.service(dialect, [state, String(decoding: bytes, as: UTF8.self)])
            _ = try await service.results(of: try await service.state(of: "batch_1"))
        }
    }
}
