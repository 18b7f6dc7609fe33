import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// What is on the wire is paid for, and not cut with its asker.
@Suite struct RequestsUnderWayTests {
    /// Answers once it is told to, unless the request is cut.
    private final class HeldTransport: Transport {
        private let (gate, opening) = AsyncStream.makeStream(of: Never.self)
        let sent = Collected<HTTPRequest>()

        func open() { opening.finish() }

        func send(_ request: HTTPRequest) async throws -> Response {
            sent.add(request)
            for await _ in gate {}
            try Task.checkCancellation()
            return try Result<Response, TransportFault>.answer.get()
        }
    }

    private func teacher(_ transport: some Transport, patience: Duration) throws -> RemoteTeacher {
        let dialect = OpenAIChatDialect(model: "m")
        return RemoteTeacher(
            endpoint: try Endpoint("http://h:1", dialect: dialect), dialect: dialect, access: Access(key: nil), transport: transport,
            idleTimeout: patience)
    }

    @Test func aRequestUnderWayOutlivesItsAskersCancellation() async throws {
        let transport = HeldTransport()
        let teacher = try teacher(transport, patience: .seconds(60))
        let task = Task { try await teacher.reply(to: request()) }
        while transport.sent.all.isEmpty { await Task.yield() }
        #expect(teacher.requestsUnderWay == 1)
        task.cancel()
        transport.open()
        #expect(try await task.value.completion.text == "yes")
    }

    @Test func anAnswerIsUnderWayUntilItIsKept() async throws {
        let transport = HeldTransport()
        let teacher = try teacher(transport, patience: .seconds(60))
        transport.open()
        do {
            let reply = try await teacher.reply(to: request())
            #expect(teacher.requestsUnderWay == 1)
            withExtendedLifetime(reply) {}
        }
        #expect(teacher.requestsUnderWay == 0)
    }

    @Test(arguments: [true, false])
    func itIsCutWhenAskedForOrWhenPatienceEnds(isAsked: Bool) async throws {
        let transport = HeldTransport()
        let teacher = try teacher(transport, patience: isAsked ? .seconds(3600) : .milliseconds(1))
        let task = Task { try await teacher.reply(to: request()) }
        while transport.sent.all.isEmpty { await Task.yield() }
        task.cancel()
        if isAsked { teacher.cutRequests() }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
