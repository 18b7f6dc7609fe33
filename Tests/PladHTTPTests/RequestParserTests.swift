import Foundation
import PladHTTP
import Testing

struct RequestParserTests {
    private static let post = "POST /v1/models/a%20b?x=1 HTTP/1.1\r\nHost: h\r\nX-Two: a\r\nx-two: b\r\nContent-Length: 5\r\n\r\nhello"
    private static let chunked =
        "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;note=x\r\nlo\r\n0\r\nTrailer: t\r\n\r\n"

    @Test(arguments: 1...40) func piecesOfAnySizeGiveTheSameRequests(size: Int) throws {
        var parser = RequestParser()
        var requests: [ServerRequest] = []
        let bytes = Array((Self.post + "\r\n" + Self.chunked + "GET /health HTTP/1.0\r\n\r\n").utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            parser.append(bytes[start..<min(start + size, bytes.count)])
            while case .request(let request)? = try parser.next() { requests.append(request) }
        }
        #expect(requests.count == 3)
        #expect(requests[0].path == "/v1/models/a b")
        #expect(requests[0].headers["x-two"] == "a, b")
        #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["hello", "hello", ""])
        #expect(requests.map(\.keepsAlive) == [true, true, false])
        #expect(!parser.isInsideRequest)
    }

    @Test func clientThatWaitsForPermissionIsToldToGoOn() throws {
        var parser = RequestParser()
        parser.append("POST /p HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n".utf8)
        #expect(try parser.next() == .expectsContinue)
        #expect(try parser.next() == nil)
        parser.append("ok".utf8)
        guard case .request(let request)? = try parser.next() else { throw HTTPProblem(0, "no request") }
        #expect(request.body == Data("ok".utf8))
    }

    @Test(arguments: [
        ("NONSENSE\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\n\r\n", 505),
        ("GET /\n HTTP/1.1\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nName : v\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nA: 1\nB: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", 413),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
        ("GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 300), 431),
    ])
    func whatCannotBeServedIsRefused(text: String, status: Int) {
        var parser = RequestParser(limits: RequestLimits(headBytes: 256, bodyBytes: 100))
        parser.append(text.utf8)
        #expect { try parser.next() } throws: { ($0 as? HTTPProblem)?.status == status }
    }
}
