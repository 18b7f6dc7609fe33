import Foundation
import PladHTTP
import PladRecords
import Testing

@Suite struct HeaderLineTests {
    private func header(_ line: String) throws -> HTTPHeader {
        try HTTPHeader(line: line, environment: ["ORG": "org-1", "AZURE_KEY": "abc-123-xyz\n", "EMPTY": ""])
    }

    @Test func aLineIsNameAndValue() throws {
        let plain = try header("X-Title: a: b ")
        #expect((plain.name, plain.value, plain.isSecret) == ("X-Title", "a: b", false))
        #expect(try header("x:").value == "")
    }

    @Test func whatComesFromTheEnvironmentIsSecret() throws {
        let key = try header("api-key: ${AZURE_KEY}")
        #expect((key.value, key.isSecret) == ("abc-123-xyz", true))
        #expect("\(key)" == "api-key: <key>")
        #expect(try header("OpenAI-Organization: a ${ORG} z").value == "a org-1 z")
    }

    @Test func onlyTheSecretItselfIsTakenOutOfAnEcho() throws {
        let header = try HTTPHeader(line: "X-Auth: Token t=${KEY} v2", environment: ["KEY": "abcdefgh-1"])
        #expect(header.redacting(Data("saw abcdefgh-1, Token v2".utf8), isError: true) == Data("saw <key>, Token v2".utf8))
    }

    @Test func aLineIsCheckedWithoutItsVariables() throws {
        _ = try HTTPHeader(line: "api-key: ${UNSET}", environment: nil)
        #expect(throws: HTTPError.self) { try HTTPHeader(line: "api-key: abc", environment: nil) }
    }

    @Test(arguments: [
        "Authorization Bearer abc", "X-Auth: abc", "X-Signature: abc", "no colon", ": value", "bad name: x", "a: ${UNSET}", "a: ${EMPTY}",
        "api-key: abc", "Authorization: Bearer abc", "X-Auth-Token: a",
        "a: line\rbreak",
    ])
    func whatCannotOrShouldNotBeSentIsRefused(line: String) throws {
        let error = try #require(throws: HTTPError.self) { try header(line) }
        #expect(error.code == .malformedHeader && error.exitStatus.rawValue == 64)
        #expect(!error.message.contains("abc"))
    }
}
