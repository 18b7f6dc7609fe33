import Foundation
package import PladHTTP
import PladRecords

/// The key for an endpoint, and the advice to give if it requires one or refuses this one.
///
/// A provider's variable, such as `OPENAI_API_KEY`, is for that provider's own hosts. Any other endpoint gets a key that the user has
/// named for it: from a file, or from a variable for any endpoint that a command names. No key goes over plain http to another machine,
/// unless the user allows it.
package struct Access: Sendable {
    /// Key for this endpoint; nil if there is none.
    package let key: Credential?
    /// Headers that the user adds.
    package let headers: [HTTPHeader]
    /// Advice on how to give or correct the key, the end of an error.
    package let advice: String

    /// Makes the access with a key for any endpoint, and additional headers.
    package init(key: Credential?, headers: [HTTPHeader] = []) {
        self.init(key: key, headers: headers, advice: key.map { "check the key in \($0.source)" } ?? "no key was sent: set PLAD_API_KEY")
    }

    private init(key: Credential?, headers: [HTTPHeader], advice: String) {
        self.key = key
        self.headers = headers
        self.advice = advice
    }

    /// Finds the key for `endpoint`: from the file, else the first variable that is set, else the provider's own.
    ///
    /// Throws `HTTPError.unusableSecret` for a key that cannot be sent, and `TeacherError.keyWithheld` if key or headers would go over
    /// plain http to another machine.
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

/// The places of a command's keys.
package struct KeySource: Sendable {
    /// Path of a file of mode 0600, or `-` for standard input; takes precedence over all variables.
    package var file: String?
    /// Names of variables for any endpoint that the user names.
    package var variables: [String]
    /// True if a key may go over plain http to another machine.
    package var allowsPlainHTTP: Bool
    /// Path of the settings group for file and permission, for errors.
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

    /// Variables of providers, and their hosts, subdomains included.
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

    /// The provider's variable for its own host; nil for other hosts.
    static func variable(for host: String) -> String? {
        providers.first { $0.hosts.contains { host == $0 || host.hasSuffix("." + $0) } }?.variable
    }

    /// True if the environment has a key for the provider of this host.
    package static func hasKey(for endpoint: Endpoint, in environment: [String: String]) -> Bool {
        variable(for: endpoint.host).map { environment[$0]?.isEmpty == false } ?? false
    }

    /// Advice for an endpoint without a key, which also names a key in the environment that is for another provider.
    fileprivate func advice(_ endpoint: Endpoint, _ environment: [String: String]) -> String {
        let ways = [Self.variable(for: endpoint.host)].compactMap { $0 } + variables + (setting.map { ["`\($0).key_file`"] } ?? [])
        let kept = Self.providers.first { environment[$0.variable] != nil }.map { "\($0.variable) is for \($0.hosts[0]) alone; " }
        return "no key was sent to \(endpoint.host): \(kept ?? "")set \(ways.joined(separator: " or "))"
    }
}

extension Endpoint {
    /// Host in lower case, an IPv6 address in brackets.
    package var host: String {
        let whole = origin.drop { $0 != "/" }.dropFirst(2)
        return whole.hasPrefix("[") ? String(whole.prefix { $0 != "]" } + "]") : String(whole.prefix { $0 != ":" })
    }

    /// True if requests are not encrypted.
    package var isPlain: Bool { origin.hasPrefix("http:") }

    /// True if it is on this machine, so that nothing sent to it leaves the machine.
    package var isLoopback: Bool { Loopback.contains(host: host) }
}
