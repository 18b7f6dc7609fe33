import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import Testing

/// A key goes to whom it is for, and to nobody else.
@Suite struct AccessTests {
    private func access(_ remote: String, _ environment: [String: String], _ keys: KeySource = KeySource(environment: [:])) throws -> Access
    {
        let dialect = try #require(Dialects.named(Dialects.name(for: remote), model: "m", remote: remote))
        var keys = keys
        keys.environment = environment
        return try Access(to: try Endpoint(remote, dialect: dialect), keys: keys)
    }

    private func key(_ remote: String, _ environment: [String: String]) throws -> String? {
        try access(remote, environment).key?.header(.header("k")).value
    }

    @Test(arguments: [
        ("https://api.openai.com/v1", "OPENAI_API_KEY"), ("https://eu.api.openai.com/v1", "OPENAI_API_KEY"),
        ("https://API.OpenAI.com:443/v1", "OPENAI_API_KEY"), ("https://me.openai.azure.com/openai", "AZURE_OPENAI_API_KEY"),
        ("https://api.anthropic.com", "ANTHROPIC_API_KEY"), ("https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY"),
        ("https://ollama.com", "OLLAMA_API_KEY"), ("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    ])
    func aProvidersVariableIsForItsOwnHosts(remote: String, variable: String) throws {
        let all = Dictionary(uniqueKeysWithValues: KeySource.providers.map { ($0.variable, "key-of-\($0.variable)") })
        #expect(try key(remote, all) == "key-of-\(variable)")
        #expect(try key(remote, [variable: " b\n"]) == "b")
        #expect(try key(remote, [variable: ""]) == nil)
        #expect(try key(remote, all.merging(["PLAD_API_KEY": "a"]) { $1 }) == "a")
    }

    @Test(arguments: [
        "https://evil.example/v1", "https://api.openai.com.evil.example/v1", "https://evil-api.openai.com.example", "https://openai.com/v1",
        "https://xapi.openai.com.:8443/v1", "https://notopenrouter.ai", "http://127.0.0.1:8000/v1", "http://localhost:11434/api/chat",
        "https://evil.example/v1/messages", "https://evil.example:443/api.openai.com/v1",
    ])
    func noOtherHostGetsOne(remote: String) throws {
        let all = Dictionary(uniqueKeysWithValues: KeySource.providers.map { ($0.variable, "key-of-\($0.variable)") })
        let access = try access(remote, all)
        #expect(access.key == nil)
        #expect(
            access.advice.contains("OPENAI_API_KEY is for api.openai.com alone; set PLAD_API_KEY or `teacher.key_file`"), "\(access.advice)"
        )
        #expect(access.advice.contains(try Endpoint(remote, dialect: OpenAIChatDialect(model: "m")).host))
        if !remote.hasPrefix("http:") { #expect(try key(remote, ["PLAD_API_KEY": "a"]) == "a") }
    }

    @Test func aJudgeElsewhereHasItsOwnKey() throws {
        let own = KeySource(variables: ["PLAD_JUDGE_API_KEY"], setting: "evaluation.judge", environment: [:])
        let none = try access("https://judge.example", ["PLAD_API_KEY": "a"], own)
        #expect(none.key == nil && none.advice.hasSuffix("set PLAD_JUDGE_API_KEY or `evaluation.judge.key_file`"), "\(none.advice)")
        let found = try access("https://judge.example", ["PLAD_API_KEY": "a", "PLAD_JUDGE_API_KEY": "b"], own)
        #expect(found.key?.header(.header("k")).value == "b" && found.advice == "check the key in PLAD_JUDGE_API_KEY")
    }

    @Test(arguments: [
        "http://lan.example/v1", "http://10.0.0.1:8000", "http://127.evil.example", "http://127.0.0.1.evil.example", "http://[2001:db8::1]",
    ])
    func noKeyGoesUnencryptedToAnotherMachine(remote: String) throws {
        let error = try #require(throws: TeacherError.self) { try access(remote, ["PLAD_API_KEY": "a"]) }
        #expect(error.code == .keyWithheld && error.exitStatus == .usage)
        let origin = try Endpoint(remote, dialect: OpenAIChatDialect(model: "m")).origin
        #expect(error.message.contains("PLAD_API_KEY would go to \(origin) unencrypted"), "\(error.message)")
        #expect(error.message.contains("`teacher.plain_http`"))
        #expect(try access(remote, [:]).key == nil)
        let allowed = KeySource(allowsPlainHTTP: true, environment: [:])
        #expect(try access(remote, ["PLAD_API_KEY": "a"], allowed).key != nil)
        let endpoint = try Endpoint(remote, dialect: OpenAIChatDialect(model: "m"))
        let header = try HTTPHeader(line: "X-Auth: ${T}", environment: ["T": "token-1"])
        #expect(throws: TeacherError.self) { try Access(to: endpoint, keys: KeySource(environment: [:]), headers: [header]) }
        #expect(throws: Never.self) { try Access(to: endpoint, keys: KeySource(environment: [:]), headers: [HTTPHeader("X-Team", "a")]) }
    }

    @Test(arguments: ["http://127.0.0.1:8000/v1", "http://localhost", "http://127.8.9.1", "http://[::1]:9", "http://a.localhost:1"])
    func whatStaysOnThisMachineNeedsNoEncryption(remote: String) throws {
        #expect(try key(remote, ["PLAD_API_KEY": "a"]) == "a")
    }
}
