import Foundation
import PladRecords

/// The address of a dialect's path at an endpoint, in parts.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// Scheme, host in lower case, and port unless it is the scheme's default: `https://api.openai.com`.
    package let origin: String
    /// Path from the first slash on, the query included: `/v1/chat/completions`.
    package let path: String

    package var url: String { origin + path }
    package var description: String { url }

    /// Makes the endpoint for `remote`, a base address with or without `/v1`, or the whole address of the dialect's path.
    ///
    /// Throws `TeacherError.malformedAddress` for anything but an http or https address, and for an address that contains a secret,
    /// which would end up in keys and records.
    package init(_ remote: String, dialect: some Dialect) throws {
        guard let parts = URLComponents(string: remote), let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty,
            scheme == "http" || scheme == "https", (1...65535).contains(parts.port ?? 1)
        else {
            // What cannot be taken apart may hold a secret anywhere.
            let shown = remote.contains("@") || remote.contains("?") ? "it" : "\"\(remote)\""
            throw TeacherError(.malformedAddress, "\(shown) is not an address of a teacher; give one like https://api.example.com/v1")
        }
        let shown = "\(scheme)://\(host)"
        guard parts.user == nil, parts.password == nil else {
            throw TeacherError(
                .malformedAddress, "the address of \(shown) carries a user or password; give the key by PLAD_API_KEY or `teacher.key_file`")
        }
        let suspicious = ["key", "token", "secret", "sig", "password", "auth", "credential"]
        if let item = parts.queryItems?.first(where: { item in suspicious.contains { item.name.lowercased().contains($0) } }) {
            throw TeacherError(
                .malformedAddress, "the address of \(shown) carries a key (?\(item.name)=…); give it by PLAD_API_KEY or `teacher.key_file`")
        }
        let usual = scheme == "https" ? 443 : 80
        let port = parts.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
        origin = "\(scheme)://\(host.lowercased())\(port)"
        var base = parts.percentEncodedPath
        while base.hasSuffix("/") { base.removeLast() }
        path = dialect.path(from: base) + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    }
}
