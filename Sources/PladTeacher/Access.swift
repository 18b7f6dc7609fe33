import Foundation
package import PladHTTP
import PladRecords

/// The key that an endpoint is shown, and the words for when it asks for one or refuses this.
///
/// A provider's variable, such as `OPENAI_API_KEY`, is for that provider's own hosts. Any other endpoint gets a key that the user has
/// named for it: a file's, or that of a variable which stands for whatever endpoint a command names. No key goes over plain
/// http to another machine, unless the user asks for that.
package struct Access: Sendable {
    /// Nil where there is none for this endpoint.
    package let key: Credential?
    /// The headers that the user gives beside it.
    package let headers: [HTTPHeader]
    /// The way for a person to mend the key; the end of an error.
    package let advice: String

    /// A key for whoever is asked, and the headers beside it.
    package init(key: Credential?, headers: [HTTPHeader] = []) {
        self.init(key: key, headers: headers, advice: key.map { "check the key in \($0.source)" } ?? "no key was sent: set PLAD_API_KEY")
    }

    private init(key: Credential?, headers: [HTTPHeader], advice: String) {
        self.key = key
        self.headers = headers
        self.advice = advice
    }

    /// The key for `endpoint`: that of the file, else of the first variable that is set, else of the provider's own.
    ///
    /// Throws `HTTPError.unusableSecret` for a key that cannot be sent, and `TeacherError.keyWithheld` where key or headers would
    /// go over plain http to another machine.
    package init(to endpoint: Endpoint, keys: KeySource, headers: [HTTPHeader] = []) throws {
        let environment = keys.environment.filter { !$0.value.isEmpty }
        let provider = KeySource.variable(for: endpoint.host)
        let name = (keys.variables + [provider].compactMap { $0 }).first { environment[$0] != nil }
        let file = try keys.file.map { try Credential(path: $0) }
        let key = try file ?? name.map { try Credential(environment[$0] ?? "", source: $0) }
        self.init(key: key, headers: headers, advice: key.map { "check the key in \($0.source)" } ?? keys.advice(endpoint, environment))
        guard endpoint.isPlain, !endpoint.isLoopback, !keys.allowsPlainHTTP else { return }
        let header = headers.first(where: \.isSecret).map { "the header \($0.name)" }
        guard let secret = key.map({ "the key in \($0.source)" }) ?? header else { return }
        throw TeacherError(
            .keyWithheld,
            "\(secret) would go to \(endpoint.origin) unencrypted: give its https address"
                + (keys.setting.map { ", or `\($0).plain_http` where the network on the way is trusted" } ?? ""))
    }
}

/// Where the keys of a command are.
package struct KeySource: Sendable {
    /// A file of mode 0600, or `-` for standard input; it goes before all variables.
    package var file: String?
    /// Variables for whatever endpoint the user names.
    package var variables: [String]
    /// True if a key may go over plain http to another machine.
    package var allowsPlainHTTP: Bool
    /// The group of settings that file and permission are given by, for errors.
    package var setting: String?
    package var environment: [String: String]

    package init(
        file: String? = nil, variables: [String] = ["PLAD_API_KEY"], allowsPlainHTTP: Bool = false, setting: String? = "teacher",
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.file = file
        self.variables = variables
        self.allowsPlainHTTP = allowsPlainHTTP
        self.setting = setting
        self.environment = environment
    }

    /// Providers' variables, and the hosts that they are for, with their subdomains.
    package static let providers: [(variable: String, hosts: [String])] = [
        ("OPENAI_API_KEY", ["api.openai.com"]),
        ("AZURE_OPENAI_API_KEY", ["openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com"]),
        ("ANTHROPIC_API_KEY", ["api.anthropic.com"]),
        ("GEMINI_API_KEY", ["generativelanguage.googleapis.com"]),
        ("OLLAMA_API_KEY", ["ollama.com"]),
        ("MISTRAL_API_KEY", ["api.mistral.ai"]),
        ("DEEPSEEK_API_KEY", ["api.deepseek.com"]),
        ("GROQ_API_KEY", ["api.groq.com"]),
        ("OPENROUTER_API_KEY", ["openrouter.ai"]),
    ]

    /// The provider's variable for its own host; nil for others.
    static func variable(for host: String) -> String? {
        providers.first { $0.hosts.contains { host == $0 || host.hasSuffix("." + $0) } }?.variable
    }

    /// True if the provider whose host this is has a key in the environment.
    package static func hasKey(for endpoint: Endpoint, in environment: [String: String]) -> Bool {
        variable(for: endpoint.host).map { environment[$0]?.isEmpty == false } ?? false
    }

    /// The way to give a key to an endpoint that got none, and which key of the environment is for somebody else.
    fileprivate func advice(_ endpoint: Endpoint, _ environment: [String: String]) -> String {
        let ways = [Self.variable(for: endpoint.host)].compactMap { $0 } + variables + (setting.map { ["`\($0).key_file`"] } ?? [])
        let kept = Self.providers.first { environment[$0.variable] != nil }.map { "\($0.variable) is for \($0.hosts[0]) alone; " }
        return "no key was sent to \(endpoint.host): \(kept ?? "")set \(ways.joined(separator: " or "))"
    }
}

extension Endpoint {
    /// The host in small letters, an IPv6 address in brackets.
    package var host: String {
        let whole = origin.drop { $0 != "/" }.dropFirst(2)
        return whole.hasPrefix("[") ? String(whole.prefix { $0 != "]" } + "]") : String(whole.prefix { $0 != ":" })
    }

    /// True if requests are not encrypted.
    package var isPlain: Bool { origin.hasPrefix("http:") }

    /// True if it is on this machine: nothing that is sent there leaves it.
    package var isLoopback: Bool {
        let bytes = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || bytes.count == 4 && !bytes.contains(nil) && bytes[0] == 127
    }
}
