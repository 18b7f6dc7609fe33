import Foundation
import PladCache
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

@Suite struct ClaimTests {
    /// Another process's claim, as its own cache would leave it. `other` is a process that runs as long as it is held.
    private func claim(_ file: URL, _ request: TeacherRequest, by process: Int32) throws {
        let script = """
            import sqlite3, sys
            file, key, process = sys.argv[1:]
            try: start = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[19]
            except OSError: start = "1"
            name = f"{open('/proc/sys/kernel/random/boot_id').read().strip()}/{start}/{process}"
            c = sqlite3.connect(file, timeout=10)
            c.execute("INSERT OR REPLACE INTO claim VALUES (?, ?)", (bytes.fromhex(key), name))
            c.commit()
            """
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", script, file.path, CompletionKey.digest(of: request).description, String(process)]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
    }

    @Test func whatAnotherProcessAsksIsWaitedFor() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        // The parent of this process lives as long as the test.
        try claim(folder["c.sqlite"], request("q"), by: getppid())
        let teacher = ScriptedTeacher { _, _ in chatBody("mine") }
        let waits = Locked(0)
        let asking = CachedTeacher(cache: cache, dialect: dialect, teacher: "t", path: path, mode: .record(teacher)) {
            waits.withLock { $0 += 1 }
        }
        async let answer = asking.completion(of: question("q"), SamplingParameters())
        while waits.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(teacher.requests.isEmpty)
        // The other process's answer comes.
        _ = try await CompletionCache(opening: folder["c.sqlite"], for: .writing).store(stored(request("q"), "theirs"))
        #expect(try await answer.completion.text == "theirs")
        #expect(try await answer.fromCache)
        #expect(teacher.requests.isEmpty)
        #expect(waits.withLock { $0 } == 1)
        #expect(try cache.claims() == 0)
    }

    @Test func whatAnotherProcessAsksIsInNoBatch() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        try claim(folder["c.sqlite"], request("q"), by: getppid())
        let service = ScriptedBatches()
        let run = BatchRun(cache: cache, service: service, dialect: dialect, url: "http://h", waits: (.milliseconds(1), .milliseconds(1)))
        let outcome = try await run([request("q"), request("r")])
        #expect(service.submitted.map(\.count) == [1])
        #expect(Array(outcome.failures.keys) == [CompletionKey.digest(of: request("q"))])
    }

    @Test func aClaimOfTheDeadCountsForNothing() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let gone = Process()
        gone.executableURL = URL(fileURLWithPath: "/bin/true")
        try gone.run()
        gone.waitUntilExit()
        try claim(folder["c.sqlite"], request("q"), by: gone.processIdentifier)
        let teacher = ScriptedTeacher { _, _ in chatBody("mine") }
        #expect(try await cached(cache, .record(teacher)).completion(of: question("q"), SamplingParameters()).completion.text == "mine")
    }

    @Test func aFailedQuestionIsFreeAgain() async throws {
        let folder = try Folder()
        let cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        let teacher = ScriptedTeacher { number, _ in
            if number == 0 { throw TeacherError(.exhausted, "no") }
            return chatBody("yes")
        }
        let asking = cached(cache, .record(teacher))
        await #expect(throws: TeacherError.self) { try await asking.completion(of: question("q"), SamplingParameters()) }
        _ = await asking.spent()
        #expect(try cache.claims() == 0)
        #expect(try await asking.completion(of: question("q"), SamplingParameters()).completion.text == "yes")
        #expect(try cache.claims() == 0)
    }

    @Test func aCancelledQuestionIsFreeAgain() async throws {
        let cache = try CompletionCache(opening: try Folder()["c.sqlite"], for: .writing)
        let teacher = ScriptedTeacher { _, _ in
            try await Task.sleep(for: .seconds(60))
            return chatBody("late")
        }
        let asking = cached(cache, .record(teacher))
        let work = Task { try await asking.completion(of: question("q"), SamplingParameters()) }
        while teacher.requests.isEmpty { await Task.yield() }
        #expect(try cache.claims() == 1)
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        _ = await asking.spent()
        #expect(try cache.claims() == 0)
    }
}
