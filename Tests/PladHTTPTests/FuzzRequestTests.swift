import Foundation
import PladHTTP
import PladRecords
import PladTestSupport
import Testing

/// Raw bytes of clients, in pieces of any size, are requests or refused, and nothing is held beyond the limits.
struct FuzzRequestTests {
    private static let requests = [
        "GET /v1/models HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\n\r\n",
        "POST /v1/chat/completions?x=1 HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"model\":\"m\",\"n\":1}",
        "POST /v1/completions HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n5;x=y\r\nefghi\r\n0\r\nTrailer: x\r\n\r\n",
        "POST /%7Ea HTTP/1.1\r\nHost: [::1]:80\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close, TE\r\n\r\nok",
        "\r\n\r\nOPTIONS http://h:1/v1/models HTTP/1.0\r\nOrigin: null\r\n\r\nHEAD / HTTP/1.1\nHost: h\n\n",
    ]

    @Test func damagedRequestsAreRefusedOrRead() throws {
        let limits = RequestLimits(headBytes: 4096, bodyBytes: 4096)
        try Fuzzing(name: "requests", share: 0.25).run(Self.requests.map { Array($0.utf8) }) { bytes, mutator in
            var parser = RequestParser(limits: limits)
            var (rest, found) = (bytes[...], 0)
            do {
                while !rest.isEmpty {
                    let piece = rest.prefix(1 + mutator.pick(mutator.pick(3) == 0 ? 8 : 400))
                    rest = rest.dropFirst(piece.count)
                    parser.append(piece)
                    while let step = try parser.next() {
                        guard case .request(let request) = step else { continue }
                        found += 1
                        #expect(
                            request.body.count <= limits.bodyBytes
                                && request.headers.values.allSatisfy { $0.utf8.count <= limits.headBytes })
                    }
                    #expect(parser.bodyBytes <= limits.bodyBytes + bytes.count && parser.bufferedBytes <= bytes.count)
                }
            } catch let problem as HTTPProblem {
                #expect((400..<600).contains(problem.status) && !problem.message.isEmpty)
                throw RecordError(.malformed, problem.message)
            }
            guard found > 0 else { throw RecordError(.malformed, "no request is whole") }
        }
    }
}
