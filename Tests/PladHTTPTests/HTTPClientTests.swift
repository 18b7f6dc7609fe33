import Foundation
import PladHTTP
import PladTestSupport
import Testing

@Suite struct HTTPClientTests {
    private func fault(_ client: HTTPClient, _ url: String) async -> TransportFault? {
        do {
            _ = try await client.send(HTTPRequest(url: url, body: Data("{}".utf8)))
            return nil
        } catch {
            return error as? TransportFault
        }
    }

    @Test func requestAndResponseArriveWhole() async throws {
        let server = LoopbackServer { _, _ in [.respond(201, "body", headers: ["X-Kind": " fine "])] }
        defer { server.stop() }
        let client = try HTTPClient()
        let response = try await client.send(
            HTTPRequest(
                url: server.url + "/v1/x?y=1", headers: [HTTPHeader("Content-Type", "application/json")], body: Data("{\"a\":1}".utf8)))
        #expect(response.status == 201)
        #expect(response.body == Data("body".utf8))
        #expect(response.headers["x-kind"] == "fine")
        #expect(response.headers["x-absent"] == nil)
        #expect(response.times.total > .zero)
        let received = try #require(server.requests.first)
        #expect(received.head.hasPrefix("POST /v1/x?y=1 HTTP/1.1\r\n"))
        #expect(received.head.contains("\r\nContent-Type: application/json"))
        #expect(!received.head.lowercased().contains("expect:"))
        #expect(received.body == Data("{\"a\":1}".utf8))
    }

    @Test func oneConnectionServesManyRequests() async throws {
        let server = LoopbackServer { number, _ in [.respond(200, "\(number)")] }
        defer { server.stop() }
        let client = try HTTPClient()
        for number in 0..<20 {
            let response = try await client.send(HTTPRequest(url: server.url, body: Data("{}".utf8)))
            #expect(response.body == Data("\(number)".utf8))
        }
        #expect(server.connections == 1)
    }

    @Test func hundredsOfRequestsAreInFlightTogether() async throws {
        // Nobody is answered before all have arrived.
        let server = LoopbackServer { _, request in [.gather(300), .respond(200, bytes: Array(request.body))] }
        defer { server.stop() }
        let client = try HTTPClient()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let body = Data("request \(number)".utf8)
                    return try await client.send(HTTPRequest(url: server.url, body: body)).body == body
                }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
    }

    @Test func getHasNoBody() async throws {
        let server = LoopbackServer { _, _ in [.respond(200, "list")] }
        defer { server.stop() }
        let client = try HTTPClient()
        // The handle that carried a POST carries the GET.
        _ = try await client.send(HTTPRequest(url: server.url, body: Data("{}".utf8)))
        _ = try await client.send(HTTPRequest(url: server.url))
        #expect(server.requests[1].head.hasPrefix("GET / "))
        #expect(server.requests[1].body.isEmpty)
    }

    @Test func cancellationReachesTheWire() async throws {
        let server = LoopbackServer { _, _ in [.hold] }
        defer { server.stop() }
        let client = try HTTPClient()
        let task = Task { try await client.send(HTTPRequest(url: server.url, body: Data("{}".utf8))) }
        while server.requests.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        while server.abandoned == 0 { await Task.yield() }
    }

    @Test func cancelThatComesFirstIsObeyed() async throws {
        let server = LoopbackServer { _, _ in [.hold] }
        defer { server.stop() }
        let client = try HTTPClient()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await client.send(HTTPRequest(url: server.url, body: Data("{}".utf8)))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func shutDownFailsWaitersAndLaterRequests() async throws {
        let server = LoopbackServer { _, _ in [.hold] }
        defer { server.stop() }
        let client = try HTTPClient()
        async let waiting = fault(client, server.url)
        while server.requests.isEmpty { await Task.yield() }
        client.shutDown()
        #expect(await waiting?.kind == .stopped)
        #expect(await fault(client, server.url)?.kind == .stopped)
    }

    @Test func aResponseThatTakesTooLongIsATimeout() async throws {
        let server = LoopbackServer { _, _ in
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n".utf8)), .drip(Array(repeating: 65, count: 10000))]
        }
        defer { server.stop() }
        let client = try HTTPClient(limits: TransportLimits(total: .milliseconds(300)))
        #expect(await fault(client, server.url)?.kind == .timeout)
    }

    @Test func aResponseThatStallsIsATimeout() async throws {
        let server = LoopbackServer { _, _ in [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx".utf8)), .hold] }
        defer { server.stop() }
        let client = try HTTPClient(limits: TransportLimits(stall: .seconds(1)))
        let fault = await fault(client, server.url)
        #expect(fault?.kind == .timeout)
        #expect(fault?.reason.contains("too slow") == true)
    }

    @Test func aCutBodyIsAFault() async throws {
        let server = LoopbackServer { _, _ in [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"choices\"".utf8)), .cut] }
        defer { server.stop() }
        #expect(await fault(try HTTPClient(), server.url)?.kind == .cut)
    }

    @Test func aConnectionClosedWithoutAWordIsAFault() async throws {
        let server = LoopbackServer { _, _ in [.cut] }
        defer { server.stop() }
        #expect(await fault(try HTTPClient(), server.url)?.kind == .cut)
    }

    @Test func aBodyOverTheLimitIsRefusedWhileItArrives() async throws {
        let chunk = Array("10000\r\n".utf8) + Array(repeating: UInt8(65), count: 0x10000) + Array("\r\n".utf8)
        // A body without end: only a client that stops reading gets out.
        let server = LoopbackServer { _, _ in
            [.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))] + Array(repeating: .send(chunk), count: 10000)
        }
        defer { server.stop() }
        let client = try HTTPClient(limits: TransportLimits(bodyBytes: 1 << 20))
        let fault = await fault(client, server.url)
        #expect(fault?.kind == .tooLarge)
        #expect(fault?.reason.contains("1048576") == true)
    }

    @Test func compressedBodiesAreUndoneAndCountedWhole() async throws {
        // gzip of 100,000 letters A.
        let packed = Array(Data(base64Encoded: gzipOfAs)!)
        let server = LoopbackServer { _, _ in [.respond(200, bytes: packed, headers: ["Content-Encoding": "gzip"])] }
        defer { server.stop() }
        let body = try await HTTPClient().send(HTTPRequest(url: server.url, body: Data("{}".utf8))).body
        #expect(body == Data(repeating: 65, count: 100_000))
        #expect(server.requests[0].head.contains("Accept-Encoding:"))
        let small = try HTTPClient(limits: TransportLimits(bodyBytes: 50_000))
        #expect(await fault(small, server.url)?.kind == .tooLarge)
    }

    @Test func aRequestMayAllowLessThanItsClient() async throws {
        let packed = Array(Data(base64Encoded: gzipOfAs)!)
        let server = LoopbackServer { _, _ in [.respond(200, bytes: packed, headers: ["Content-Encoding": "gzip"])] }
        defer { server.stop() }
        let client = try HTTPClient()
        for (most, isFine) in [(99_999, false), (100_000, true), (nil, true), (1, false)] {
            var request = HTTPRequest(url: server.url)
            request.bodyBytes = most
            if isFine {
                #expect(try await client.send(request).body.count == 100_000)
            } else {
                let fault = await #expect(throws: TransportFault.self) { try await client.send(request) }
                #expect(fault?.kind == .tooLarge && fault?.reason == "it is larger than \(most ?? 0) bytes")
            }
        }
    }

    @Test func redirectsAreNotFollowed() async throws {
        let server = LoopbackServer { _, _ in [.respond(302, "", headers: ["Location": "/elsewhere"])] }
        defer { server.stop() }
        let response = try await HTTPClient().send(HTTPRequest(url: server.url, body: Data("{}".utf8)))
        #expect(response.status == 302)
        #expect(server.requests.count == 1)
    }

    @Test func aClosedPortIsUnconnected() async throws {
        let server = LoopbackServer { _, _ in [] }
        server.stop()
        #expect(await fault(try HTTPClient(), server.url)?.kind == .unconnected)
    }

    @Test func informationalHeadersAreNotTheResponses() async throws {
        let server = LoopbackServer { _, _ in
            [.send(Array("HTTP/1.1 103 Early\r\nX-Kind: early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8))]
        }
        defer { server.stop() }
        let response = try await HTTPClient().send(HTTPRequest(url: server.url, body: Data("{}".utf8)))
        #expect(response.status == 200)
        #expect(response.headers["x-kind"] == nil)
    }
}

private let gzipOfAs =
    "H4sIAAAAAAACA+3BMQEAAADCoGzrX8oaHkABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAArwbXn4oFoIYBAA=="
