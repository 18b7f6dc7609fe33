import Foundation
import PladCache
import PladRecords
import PladTeacher
import Testing

@Suite struct VerifyTests {
    private func problems(_ change: (inout StoredCompletion) throws -> Void) async throws -> [String] {
        let folder = try Folder()
        let cache = try AnswerCache(opening: folder["c.sqlite"], for: .writing)
        var answer = try stored(request("a"), "b")
        try change(&answer)
        _ = try await cache.store(answer)
        _ = try await cache.store(try stored(request("sound"), "b"))
        let verification = try cache.verify()
        #expect(verification.answers == 2)
        return verification.problems
    }

    @Test func soundRowsHaveNoProblems() async throws {
        #expect(try await problems { _ in }.isEmpty)
    }

    @Test func everyPartOfTheKeyIsRehashed() async throws {
        let changes: [(inout StoredCompletion) -> Void] = [
            { $0.key = Digest(of: "x") }, { $0.teacher = "u" }, { $0.dialect = "d" }, { $0.path = "/q" }, { $0.sample = 1 },
            { $0.request = $0.request.replacingOccurrences(of: "256", with: "257") },
        ]
        for (index, change) in changes.enumerated() {
            let problems = try await problems(change)
            #expect(problems.contains { $0.contains("row 1: its key") }, "change \(index): \(problems)")
        }
    }

    @Test func otherDamageToARowIsNamed() async throws {
        #expect(try await problems { $0.family = Digest(of: "x") } == ["row 1: its family or token limit is not its request's"])
        #expect(try await problems { $0.tokenLimit = 1 } == ["row 1: its family or token limit is not its request's"])
        #expect(try await problems { $0.request = " " + $0.request } == ["row 1: its request is not in canonical spelling"])
        #expect(try await problems { $0.request = "{" } == ["row 1: its request is not JSON"])
        let unreadable = try await problems { $0.response = Data("{}".utf8) }
        #expect(unreadable.count == 1 && unreadable[0].hasPrefix("row 1: its response is none of openai-chat"))
    }

    @Test func aFlippedByteInAResponseIsFound() async throws {
        let folder = try Folder()
        let cache = try AnswerCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await cache.store(try stored(request("a"), "needle in a haystack"))
        try cache.close()
        var bytes = try Data(contentsOf: folder["c.sqlite"])
        let place = try #require(bytes.range(of: Data("needle in".utf8)))
        bytes[place.lowerBound] = UInt8(ascii: "N")
        try bytes.write(to: folder["c.sqlite"])
        let damaged = try AnswerCache(opening: folder["c.sqlite"], for: .reading)
        #expect(try damaged.verify().problems == ["row 1: its response is not what was recorded"])
        let error = await #expect(throws: CacheError.self) { _ = try await damaged.find(request("a")) }
        #expect(error?.code == .damaged, "nothing is trained on that no teacher said")
    }
}
