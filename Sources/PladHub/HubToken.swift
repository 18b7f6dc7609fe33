import Foundation
package import PladHTTP
import PladRecords

/// The token of Hugging Face's tools: `HF_TOKEN`, else the file that `HF_TOKEN_PATH` names or `hf auth login` wrote.
package enum HubToken {
    /// Finds the token; nil if there is none. Throws `HTTPError.unusableSecret` for one that cannot be sent.
    package static func find(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Credential? {
        for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
            if let text = environment[name], !text.isEmpty { return try Credential(text, source: name) }
        }
        let path = environment["HF_TOKEN_PATH"] ?? HubCache.home(environment).appendingPathComponent("token").path
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), !text.isEmpty else { return nil }
        return try Credential(text, source: path)
    }
}
