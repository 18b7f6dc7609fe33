import Foundation
import PladCache
import PladRecords
import PladTeacher
import Testing

@Suite struct CompletionCacheTests {
    @Test func whatIsStoredIsFoundAsItWas() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["deep/er/c.sqlite"], for: .writing)
        let answer = try stored(request("a"), "b")
        #expect(try await cache.find(request("a")) == nil)
        #expect(try await cache.store(answer) == answer)
        #expect(try await cache.find(request("a")) == answer)
        #expect(try await cache.find(request("a", sample: 1)) == nil)
        #expect(answer.askedAt == 1_700_000_000_000)
        #expect(answer.total == 2.5)
    }

    @Test func theFirstAnswerStaysUnlessReplaced() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let (first, second) = (try stored(request("a"), "first"), try stored(request("a"), "second"))
        _ = try await cache.store(first)
        #expect(try await cache.store(second) == first)
        #expect(try await cache.store(second, replacing: true) == second)
        #expect(try await cache.find(request("a")) == second)
        #expect(try cache.list().count == 1)
    }

    @Test func anAnswerThatEndedOnItsOwnServesOtherLimits() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        func asked(_ text: String, _ limit: Int) -> TeacherRequest { request(text, SamplingParameters(maxTokens: limit)) }
        // Both answers took 3 tokens, as chatBody counts them.
        _ = try await cache.store(try stored(asked("whole", 100), "w"))
        _ = try await cache.store(try stored(asked("cut", 100), "c", finishReason: "length"))
        #expect(try await cache.find(asked("whole", 200)) != nil)
        #expect(try await cache.find(asked("whole", 3)) != nil)
        #expect(try await cache.find(asked("whole", 2)) == nil)
        #expect(try await cache.find(asked("cut", 100)) != nil)
        #expect(try await cache.find(asked("cut", 200)) == nil)
        #expect(try await cache.find(asked("cut", 50)) == nil)
        #expect(try await cache.find(request("whole", SamplingParameters(temperature: 0.5, maxTokens: 200))) == nil)
    }

    @Test func thousandsOfConcurrentAnswersAreAllKept() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2000 {
                group.addTask { _ = try await cache.store(try stored(request("\(number)"), "\(number)")) }
            }
            try await group.waitForAll()
        }
        let reader = try CompletionCache(opening: folder["c.sqlite"], for: .reading)
        #expect(try reader.list().count == 2000)
        #expect(try reader.verify().problems.isEmpty)
    }

    @Test func whatIsCommittedOutlivesAKill() async throws {
        let folder = try Folder()
        let file = folder["c.sqlite"]
        let cache = try CompletionCache(opening: file, for: .writing)
        for number in 0..<20 {
            _ = try await cache.store(try stored(request("\(number)"), "x"))
            // What a killed process leaves is what lies on the disk now: no lock, no goodbye to the file.
            let left = folder["left-\(number).sqlite"]
            try FileManager.default.copyItem(at: file, to: left)
            try FileManager.default.copyItem(atPath: file.path + "-wal", toPath: left.path + "-wal")
            let after = try CompletionCache(opening: left, for: .writing)
            #expect(try after.list().count == number + 1)
            #expect(try after.verify().problems.isEmpty)
        }
    }

    @Test func twoWritersShareAFile() async throws {
        let folder = try Folder()
        let caches = try await withThrowingTaskGroup(of: CompletionCache.self) { group in
            // Opened at the same moment, when the file is not there yet.
            for _ in 0..<4 { group.addTask { try CompletionCache(opening: folder["c.sqlite"], for: .writing) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, cache) in caches.enumerated() {
                group.addTask {
                    for number in 0..<100 { _ = try await cache.store(try stored(request("\(number)"), "\(index)")) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try caches[0].list().count == 100)
        for number in 0..<100 {
            let answers = try await caches.asyncMap { try await $0.find(request("\(number)")) }
            #expect(Set(answers.map { $0?.response }).count == 1)
        }
    }

    @Test func aReaderWritesNothing() async throws {
        let folder = try Folder()
        let writer = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        _ = try await writer.store(try stored(request("a"), "b"))
        let reader = try CompletionCache(opening: folder["c.sqlite"], for: .reading)
        #expect(try await reader.find(request("a")) != nil)
        await #expect(throws: CacheError.self) { try await reader.store(try stored(request("b"), "c")) }
    }

    @Test func statisticsCountByTeacherModelAndReason() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        for text in ["a", "b"] { _ = try await cache.store(try stored(request(text), "x")) }
        _ = try await cache.store(try stored(request("c"), "x", finishReason: "length"))
        let statistics = try cache.statistics()
        #expect(statistics.completions == 3)
        #expect(statistics.attempts == 3)
        #expect(statistics.groups.map(\.finishReason) == [.length, .stop])
        #expect(statistics.groups.map(\.completions) == [1, 2])
        #expect(statistics.groups[1].promptTokens == 14)
        #expect(statistics.groups[1].model == "m-1")
    }

    @Test func keysAreFoundByTheirBeginning() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let answer = try await cache.store(try stored(request("a"), "x"))
        _ = try await cache.store(try stored(request("b"), "x"))
        #expect(try cache.list(keyPrefix: answer.key.short) == [answer])
        #expect(try cache.list(keyPrefix: "%").count == 2)
        #expect(try cache.list(limit: 1).map(\.request) == [request("b").bodyText])
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
