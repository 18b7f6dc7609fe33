import Foundation
import PladRecords
import Testing

/// Files are read and made where they lie, pipes too.
struct FilesTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try body(folder)
    }

    /// A shell's `<(command)` is a pipe without a size.
    @Test func aPipeIsReadToItsEnd() throws {
        try withFolder { folder in
            let pipe = folder.appendingPathComponent("pipe")
            #expect(mkfifo(pipe.path, 0o600) == 0)
            let written = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) })
            let writer = Thread {
                guard let handle = try? FileHandle(forWritingTo: pipe) else { return }
                try? handle.write(contentsOf: written)
                try? handle.close()
            }
            writer.start()
            let read = try Data(reading: pipe)
            #expect(read == written)
        }
    }

    @Test func whatCannotBeReadIsNamed() throws {
        try withFolder { folder in
            let missing = folder.appendingPathComponent("none")
            let error = try #require(throws: RecordError.self) { try Data(reading: missing) }
            #expect(error.message.contains(missing.path))
            let refused = try #require(throws: RecordError.self) { try Data(reading: folder) }
            #expect(refused.message.contains("it is a folder"))
        }
    }

    /// Folders in a private one are private, each of them; others are as the system makes them.
    @Test func foldersInAPrivateOneArePrivate() throws {
        func mode(_ folder: URL) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int)
        }
        try withFolder { folder in
            let own = folder.appendingPathComponent("own")
            try Files.makeFolder(own.appendingPathComponent("a/b"))
            #expect(try mode(own.appendingPathComponent("a")) & 0o077 == mode(own) & 0o077)
            let secret = folder.appendingPathComponent("runs/secret")
            try Files.makeFolder(secret, isPrivate: true)
            #expect(try mode(secret) == 0o700)
            #expect(try mode(folder.appendingPathComponent("runs")) == mode(own))
            try Files.makeFolder(secret.appendingPathComponent("c/d/e"))
            for name in ["c", "c/d", "c/d/e"] { #expect(try mode(secret.appendingPathComponent(name)) == 0o700, "\(name)") }
        }
    }

    /// Whoever begins to replace a file while another is at it waits: each file is whole, and the last to begin is the last to end.
    @Test func twoWritersOfOneFileTakeTurns() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("out")
        let open = Locked(0)
        let failures = await withTaskGroup(of: Bool.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    do {
                        try Files.replace(file) { handle in
                            #expect(
                                open.withLock { (count: inout Int) in
                                    count += 1; return count
                                } == 1)
                            defer { open.withLock { $0 -= 1 } }
                            for _ in 0..<100 { try handle.write(contentsOf: Data(repeating: UInt8(writer), count: 10_000)) }
                            if writer == 3 { throw RecordError(.unwritable, "given up") }
                        }
                        return false
                    } catch {
                        return true
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 1)
        let written = try Data(contentsOf: file)
        #expect(written.count == 1_000_000 && Set(written).count == 1 && written[0] < 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
    }
}
