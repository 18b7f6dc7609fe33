import Foundation
import PladHTTP
import PladRecords
import PladTestSupport
import Testing

/// Bodies that come bit by bit, over a real connection.
@Suite struct StreamedBodyTests {
    private final class Sink: BodyReceiver {
        private let state = Locked((begun: [Int](), bytes: [UInt8]()))
        private let limit: Int
        init(limit: Int = .max) { self.limit = limit }
        var statuses: [Int] { state.withLock { $0.begun } }
        var bytes: [UInt8] { state.withLock { $0.bytes } }

        func begin(status: Int, headers: ResponseHeaders) -> Bool {
            state.withLock { $0.begun.append(status) }
            return limit > 0
        }

        func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
            state.withLock { state in
                state.bytes += bytes
                return state.bytes.count <= limit
            }
        }
    }

    private func fault(_ client: HTTPClient, _ request: HTTPRequest) async -> TransportFault? {
        do {
            _ = try await client.send(request)
            return nil
        } catch { return error as? TransportFault }
    }

    private func streaming(_ url: String, idle: Duration = .seconds(1)) -> HTTPRequest {
        var request = HTTPRequest(url: url, body: Data("{}".utf8))
        request.idleTimeout = idle
        return request
    }

    private let chunkedHead = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

    @Test func aSlowStreamMayTakeLongerThanTheTotal() async throws {
        let server = LoopbackServer { _, _ in
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n".utf8)), .drip(Array(repeating: 65, count: 30))]
        }
        defer { server.stop() }
        let client = try HTTPClient(limits: TransportLimits(total: .milliseconds(200)))
        #expect(try await client.send(streaming(server.url)).body.count == 30)
        // The same handle without it is held to the total again.
        #expect(await fault(client, HTTPRequest(url: server.url, body: Data("{}".utf8)))?.kind == .timeout)
    }

    @Test func aStreamThatFallsSilentIsATimeout() async throws {
        let server = LoopbackServer { _, _ in [.send(chunkedHead), .hold] }
        defer { server.stop() }
        #expect(await fault(try HTTPClient(), streaming(server.url))?.kind == .timeout)
    }

    private func chunk(_ text: String) -> [UInt8] { Array((String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n").utf8) }

    private func events(_ url: String) -> HTTPRequest {
        var request = streaming(url)
        request.isEventStream = true
        return request
    }

    @Test(arguments: [
        ": keep-alive\n\n", "\n", "event: ping\ndata: {\"type\": \"ping\"}\n\n", "data:\n\n", "id: 5\n", "retry: 1000\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n",
        "data: {\"choices\":[],\"padding\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n\n", "x", "data: {\"content\":\"x\"}",
        "data: {\"usage\":{\"prompt_tokens\":5}}\n\n", "{\"model\":\"m\",\"response\":\"\",\"done\":false}\n", "\"content\": \"x\",\n",
        // Of use once: an end that comes again and again, and an error.
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", "data: [DONE]\n\n", "{\"done\":true}\n",
        "data: {\"type\":\"message_stop\"}\n\n", "data: {\"error\":{\"code\":1}}\n\n",
        // For a completion that nobody asked for.
        "data: {\"choices\":[{\"index\":7,\"delta\":{\"content\":\"x\"}}]}\n\n", "data: {\"choices\":[{\"index\":-1,\"text\":\"x\"}]}\n\n",
    ])
    func aStreamThatOnlyKeepsItsConnectionIsATimeout(line: String) async throws {
        let server = LoopbackServer { _, _ in [.send(chunkedHead), .pulse(Array(self.chunk(line)))] }
        defer { server.stop() }
        let fault = await fault(try HTTPClient(), events(server.url))
        #expect(fault?.kind == .timeout && fault?.reason.contains("nothing of use") == true, "\(fault as Any)")
    }

    @Test func aStreamMayTakeSoLongInAll() async throws {
        let server = LoopbackServer { _, _ in [.send(chunkedHead), .pulse(Array(self.chunk("data: {\"text\":\"a\"}\n\n")))] }
        defer { server.stop() }
        var request = events(server.url)
        request.totalTimeout = .milliseconds(1500)
        #expect(await fault(try HTTPClient(), request)?.kind == .timeout)
    }

    @Test(arguments: [
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
        "data: {\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"a\"}}\n\n",
        "{\"message\":{\"content\":\"a\"}}\n", "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\r\n\r\n",
        "data: {\"content\":\ndata: \"a\"}\n\n",
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\n",
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"a\"}}]}}]}\n\n",
    ])
    func commentsBetweenEventsAreNoTimeout(event: String) async throws {
        let lines = (0..<8).map { $0.isMultiple(of: 2) ? ": ping\n\n" : event }
        let server = LoopbackServer { _, _ in
            [.send(chunkedHead)] + lines.flatMap { [.send(self.chunk($0)), .pause(.milliseconds(300))] } + [.send(Array("0\r\n\r\n".utf8))]
        }
        defer { server.stop() }
        #expect(try await HTTPClient().send(events(server.url)).body == Data(lines.joined().utf8))
    }

    /// An end or an error is of use once.
    @Test(arguments: [
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", "data: [DONE]\n\n", "{\"done\":true}\n",
        "data: {\"error\":{\"code\":1}}\n\n", "data: {\"type\":\"message_stop\"}\n\n",
    ])
    func commentsAroundTheEndAreNoTimeout(end: String) async throws {
        let lines = [": ping\n\n", end, ": ping\n\n"]
        let server = LoopbackServer { _, _ in
            [.send(chunkedHead)] + lines.flatMap { [.send(self.chunk($0)), .pause(.milliseconds(1700))] } + [.send(Array("0\r\n\r\n".utf8))]
        }
        defer { server.stop() }
        var request = events(server.url)
        request.idleTimeout = .seconds(3)
        #expect(try await HTTPClient().send(request).body == Data(lines.joined().utf8))
    }

    @Test func textForEveryCompletionThatWasAskedForIsOfUse() async throws {
        let line = "data: {\"choices\":[{\"index\":2,\"delta\":{\"content\":\"x\"}}]}\n\n"
        let server = LoopbackServer { _, _ in
            [.send(chunkedHead)] + (0..<8).flatMap { _ in [.send(self.chunk(line)), .pause(.milliseconds(300))] } + [
                .send(Array("0\r\n\r\n".utf8))
            ]
        }
        defer { server.stop() }
        var request = events(server.url)
        request.choices = 3
        #expect(try await HTTPClient().send(request).body.count == 8 * line.utf8.count)
    }

    @Test func anInterruptedStreamIsACutAndNoAnswer() async throws {
        let server = LoopbackServer { _, _ in [.send(chunkedHead + Array("4\r\ndata\r\n".utf8)), .cut] }
        defer { server.stop() }
        #expect(await fault(try HTTPClient(), streaming(server.url))?.kind == .cut)
    }

    @Test func aReceiverTakesWhatMemoryWouldRefuse() async throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let server = LoopbackServer { _, _ in [.respond(206, bytes: body)] }
        defer { server.stop() }
        let sink = Sink()
        var request = HTTPRequest(url: server.url)
        request.receiver = sink
        request.acceptsCompression = false
        let response = try await HTTPClient(limits: TransportLimits(bodyBytes: 1000)).send(request)
        #expect(response.status == 206 && response.body.isEmpty)
        #expect(sink.bytes == body && sink.statuses == [206])
        #expect(!server.requests[0].head.contains("Accept-Encoding"))
    }

    @Test func otherStatusesComeInTheResponse() async throws {
        let server = LoopbackServer { _, _ in [.respond(404, "no such file")] }
        defer { server.stop() }
        let sink = Sink()
        var request = HTTPRequest(url: server.url)
        request.receiver = sink
        let response = try await HTTPClient().send(request)
        #expect(response.body == Data("no such file".utf8) && sink.statuses.isEmpty)
    }

    @Test(arguments: [0, 5]) func aReceiverCanEndTheTransfer(limit: Int) async throws {
        let server = LoopbackServer { _, _ in [.respond(200, "much too long")] }
        defer { server.stop() }
        let sink = Sink(limit: limit)
        var request = HTTPRequest(url: server.url)
        request.receiver = sink
        #expect(await fault(try HTTPClient(), request)?.kind == .other)
        #expect(sink.bytes.isEmpty == (limit == 0))
    }
}
