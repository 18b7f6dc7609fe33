import Foundation
import PladMock
import PladRecords
import PladTestSupport
import Testing

/// The mock teacher as a program outside plad starts it.
@Suite(.timeLimit(.minutes(10))) struct MockEndpointTests {
    @Test func itAnswersAtItsURLUntilItIsStopped() async throws {
        let teacher = try MockEndpoint(answering: "Late: {prompt}")
        let port = try #require(teacher.url.wholeMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\/v1/).flatMap { UInt16($0.1) })
        let body: JSONValue = ["model": "mock", "messages": [["role": "user", "content": "Parcel 7"]]]
        let response = try await LoopbackClient(port: port).ask("POST", "/v1/chat/completions", body)
        #expect(response.json["choices"]?[0]?["message"]?["content"] == "Late: Parcel 7")
        await teacher.stop()
        #expect(throws: POSIXError.self) { try LoopbackClient(port: port) }
    }

    @Test func itPlaysAScript() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID()).yaml")
        try Data("sequence: [{ status: 503 }]\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let teacher = try MockEndpoint(script: file)
        let port = try #require(URL(string: teacher.url)?.port.flatMap { UInt16(exactly: $0) })
        #expect(try await LoopbackClient(port: port).ask("POST", "/v1/chat/completions", ["messages": []]).status == 503)
        await teacher.stop()
    }
}
