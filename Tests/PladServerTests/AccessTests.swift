import Foundation
import PladHTTP
import PladRecords
import PladServer
import Testing

struct AccessTests {
    @Test func tokenMatchesItselfAlone() throws {
        let token = try AccessToken("secret-1")
        #expect(token.matches("secret-1"))
        for other in ["secret-2", "secret-", "secret-11", ""] { #expect(!token.matches(other)) }
    }

    @Test(arguments: ["", "two words", "line\nbreak", "ümlaut"])
    func tokensThatNoHeaderFieldCanHoldAreRefused(token: String) {
        #expect { try AccessToken(token) } throws: { ($0 as? ServerError)?.code == .token }
    }

    @Test func tokenFileMustBePrivate() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("plad-token-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("secret\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        #expect { try AccessToken(contentsOf: file) } throws: {
            let message = ($0 as? any Failure)?.message ?? ""
            return message.contains(file.path) && message.contains("644") && message.contains("chmod 600") && !message.contains("secret")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try AccessToken(contentsOf: file).matches("secret"))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.8.8", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
        ("127.evil", false),
    ])
    func loopbackIsKnown(host: String, isLoopback: Bool) {
        #expect(ListeningSocket.isLoopback(host) == isLoopback)
    }

    @Test func portInUseIsNamed() throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        #expect { try ListeningSocket(host: "127.0.0.1", port: listener.port) } throws: {
            let failure = $0 as? any Failure
            return failure?.exitStatus == .unavailable && failure!.message.contains("127.0.0.1 port \(listener.port)")
        }
    }

    @Test func hostThatIsNoAddressIsNamed() {
        #expect { try ListeningSocket(host: "example.org", port: 0) } throws: { "\($0)".contains("\"example.org\"") }
    }
}
