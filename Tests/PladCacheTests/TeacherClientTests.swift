import Foundation
import PladCache
import PladRecords
import PladTestSupport
import Testing

/// The teacher client as a program outside plad uses it.
@Suite(.timeLimit(.minutes(10))) struct TeacherClientTests {
    @Test func aPromptIsAskedOnceAndReplaysWithoutATeacher() async throws {
        let folder = try Folder()
        let server = LoopbackServer { number, _ in [.respond(200, chatBody("answer \(number)"))] }
        let messages = [Message(role: "user", content: "Why?")]
        let client = try TeacherClient(remote: server.url, model: "m", cache: folder["c.sqlite"], environment: ["PLAD_API_KEY": "sk-1"])
        let first = try await client.completion(of: messages)
        let second = try await client.completion(of: messages)
        let another = try await client.completion(of: messages, sample: 1)
        #expect(first.text == "answer 0" && first.finishReason == .stop && second == first && another.text == "answer 1")
        #expect(server.requests.count == 2 && server.requests.allSatisfy { $0.head.contains("Authorization: Bearer sk-1") })
        server.stop()
        let replaying = try TeacherClient(remote: server.url, model: "m", cache: folder["c.sqlite"], replays: true)
        #expect(try await replaying.completion(of: messages) == first)
        await #expect(throws: CacheError.self) { try await replaying.completion(of: [Message(role: "user", content: "How?")]) }
    }

    @Test func anUnknownDialectIsRefusedWithTheNamesThereAre() throws {
        let folder = try Folder()
        let error = try #require(throws: CacheError.self) {
            try TeacherClient(remote: "http://127.0.0.1:9", model: "m", dialect: "esperanto", cache: folder["c.sqlite"])
        }
        #expect(error.message.contains("esperanto") && error.message.contains(TeacherClient.dialects.joined(separator: ", ")))
    }
}
