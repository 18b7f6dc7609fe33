import Foundation
import PladHTTP
import PladRecords
import PladServer
import PladTestSupport
import Testing

/// What a page that a browser shows may ask of a server on its machine.
struct BrowserRulesTests {
    private let page = "http://localhost:3000"
    private let body: JSONValue = ["model": "twin", "prompt": "abc"]

    /// What a server that allows `origins` answers to bytes.
    private func answer(_ request: String, origins: [String] = [], token: String? = nil) async throws -> LoopbackClient.Response {
        try await withServer(ScriptedModel.reversing, token: token, allowedOrigins: origins) { server in
            let client = try LoopbackClient(port: server.listener.port)
            client.send(request)
            return try await client.response()
        }
    }

    @Test(arguments: [
        ("Host: localhost", 200), ("Host: LOCALHOST.:1", 200), ("Host: 127.0.0.1:8080", 200), ("Host: [::1]:8080", 200),
        ("Host: app.localhost", 200), ("Host: 127.0.0.9", 200), ("Host: evil.example", 403), ("Host: 127.0.0.1.evil.example:80", 403),
        ("Host: localhost.evil.example", 403), ("Host: 192.168.0.1", 403), ("Host: localhost\r\nHost: evil.example", 403), ("Host:", 403),
        ("X: y", 400),
    ])
    func aLoopbackServerAnswersToLoopbackNamesAlone(field: String, status: Int) async throws {
        #expect(try await answer("GET /health HTTP/1.1\r\n\(field)\r\n\r\n").status == status)
    }

    /// A page may send these anywhere without asking first.
    @Test(arguments: [
        ("text/plain", 415), ("text/plain;charset=UTF-8", 415), ("APPLICATION/X-WWW-FORM-URLENCODED ; a=b", 415),
        ("multipart/form-data; boundary=x", 415), ("application/json", 200), ("application/json; charset=utf-8", 200), ("", 200),
    ])
    func whatAFormSendsIsRefused(type: String, status: Int) async throws {
        let field = type.isEmpty ? "" : "Content-Type: \(type)\r\n"
        let text = body.canonical
        let response = try await answer(
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n\(field)Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
        #expect(response.status == status)
        if status == 415 {
            #expect(response.json["error"]?["message"]?.string?.hasSuffix("send it with Content-Type: application/json") == true)
        }
    }

    @Test func aMissingHostIsToldAndOldClientsNeedNone() async throws {
        let response = try await answer("GET /v1/models HTTP/1.1\r\n\r\n")
        #expect(response.json["error"]?["message"] == "the header field Host is missing; HTTP/1.1 asks for it")
        #expect(try await answer("GET /v1/models HTTP/1.0\r\n\r\n").status == 200)
    }

    @Test func theGivenHostIsServedAndBeyondTheMachineAnyIs() throws {
        let request = ServerRequest(method: "GET", path: "/health", headers: ["host": "evil.example"])
        for (host, refuses) in [("127.0.0.1", true), ("localhost", true), ("0.0.0.0", false)] {
            let endpoint = OpenAIEndpoint(model: ScriptedModel.reversing, token: nil, browsers: try BrowserRules(host: host))
            #expect((endpoint.refusal(of: request) != nil) == refuses, "\(host)")
        }
    }

    @Test func absoluteTargetsAreServedByTheirOwnHost() async throws {
        let target = "GET http://127.0.0.1:8080/v1/models HTTP/1.1\r\n"
        #expect(try await answer(target + "Host: evil.example\r\n\r\n").status == 200)
        #expect(try await answer("GET http://evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 403)
        #expect(try await answer("GET HTTP://localhost?x=/ HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 404)
        #expect(try await answer("GET http:///v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 400)
    }

    @Test func pagesAreAnsweredWhereTheyAreNamed() async throws {
        let preflight =
            "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: \(page)\r\nAccess-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: authorization,content-type,x-stainless-os\r\n\r\n"
        let refused = try await answer(preflight, origins: ["http://localhost:3001"])
        #expect(refused.status == 403 && refused.headers["access-control-allow-origin"] == nil)
        for (origins, token) in [([page], nil), (["*"], "secret")] as [([String], String?)] {
            let allowed = try await answer(preflight, origins: origins, token: token)
            #expect(allowed.status == 200 && allowed.body.isEmpty)
            #expect(allowed.headers["access-control-allow-origin"] == page && allowed.headers["vary"] == "Origin")
            #expect(allowed.headers["access-control-allow-headers"] == "authorization,content-type,x-stainless-os")
            #expect(allowed.headers["access-control-allow-methods"] == "GET, HEAD, POST")
        }
    }

    @Test func answersErrorsAndEventsCanBeReadByTheirPage() async throws {
        try await withServer(ScriptedModel.reversing, token: "secret", allowedOrigins: [page]) { server in
            let client = try LoopbackClient(port: server.listener.port)
            let known = ["Origin": page, "Authorization": "Bearer secret"]
            let streamed: JSONValue = ["model": "twin", "prompt": "abc", "stream": true]
            for (body, headers, status) in [(body, known, 200), (streamed, known, 200), (body, ["Origin": page], 401), ([:], known, 400)] {
                let response = try await client.ask("POST", "/v1/completions", body, headers: headers)
                #expect(response.status == status && response.headers["access-control-allow-origin"] == page)
            }
            let other = try await client.ask("POST", "/v1/completions", body, headers: ["Origin": "http://evil.example"])
            #expect(other.status == 403 && other.body.contains("http://evil.example"))
            #expect(other.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test(arguments: ["localhost:3000", "http://", "http://a/path", "http://a?b", "http://u@a", "a"])
    func whatIsNoOriginIsNamed(origin: String) {
        #expect { try BrowserRules(host: "127.0.0.1", allowedOrigins: [origin]) } throws: {
            "\($0)".contains("\"\(origin)\" is not an origin")
        }
    }
}
