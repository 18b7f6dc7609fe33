import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import Testing

@Suite struct CredentialTests {
    private let secret = "sk-planted-0123456789"

    @Test func aKeyNeverPrintsItself() throws {
        let key = try Credential(secret, source: "test")
        var dumped = ""
        dump(key, to: &dumped)
        dump(key.header(.bearer), to: &dumped)
        dump(HTTPRequest(url: "http://x", headers: [key.header(.header("api-key"))]), to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(describing: [key]), "\(key.header(.bearer))", dumped] {
            #expect(!text.contains("planted"), "\(text)")
        }
        #expect("\(key)" == "<key>")
        #expect(key.header(.bearer).value == "Bearer \(secret)")
        #expect(key.header(.header("api-key")).value == secret)
    }

    @Test(arguments: ["", "  \n", "two words", "line\nbreak", "schlüssel"])
    func whatCannotBeAKeyIsRefusedUnseen(text: String) throws {
        let error = try #require(throws: HTTPError.self) { try Credential(text, source: "PLAD_API_KEY") }
        #expect(error.code == .unusableSecret)
        #expect(error.message.contains("PLAD_API_KEY"))
        #expect(text.count < 3 || !error.message.contains(text))
    }

    @Test func aKeyFileIsItsOwnersAlone() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("plad-key-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("\(secret)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        let error = try #require(throws: HTTPError.self) { try Credential(path: file.path) }
        #expect(error.message.contains("chmod 600"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try Credential(path: file.path).header(.header("k")).value == secret)

        // Of a link, what it leads to counts; its own mode is everybody's.
        let link = file.deletingLastPathComponent().appendingPathComponent("plad-link-\(UUID())")
        defer { try? FileManager.default.removeItem(at: link) }
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        #expect(try Credential(path: link.path).header(.header("k")).value == secret)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
        let open = try #require(throws: HTTPError.self) { try Credential(path: link.path) }
        #expect(open.message == "the key file \(link.path) may be read by others (mode 640); run chmod 600 \(link.path)")
        try Data(repeating: 0x61, count: 1 << 17).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try #require(throws: HTTPError.self) { try Credential(path: file.path) }.message.contains("longer than 65536 bytes"))
        let folder = FileManager.default.temporaryDirectory.path
        #expect(try #require(throws: HTTPError.self) { try Credential(path: folder) }.message.contains("is not a file"))
        #expect(try #require(throws: HTTPError.self) { try Credential(path: "/nowhere/key") }.message.contains("No such file"))
    }

    @Test func anEchoedKeyIsTakenOut() throws {
        let key = try Credential(secret, source: "test")
        #expect(key.header(.bearer).redacting(Data("bad \(secret), \(secret)".utf8), isError: true) == Data("bad <key>, <key>".utf8))
    }
}
