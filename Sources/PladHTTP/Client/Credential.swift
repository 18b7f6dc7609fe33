import Foundation
import PladRecords

/// A secret that proves to an endpoint who asks: an API key or a token. It never prints itself: interpolated, dumped or mirrored
/// it is `<key>`.
///
/// Its text leaves this file in one place only, `header`, on its way to the wire.
package struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How the secret is sent.
    package enum Style: Sendable, Hashable {
        /// `Authorization: Bearer KEY`
        case bearer
        /// In a header of another name, for example `x-api-key: KEY`.
        case header(String)
    }

    private let secret: String
    /// Where it is from: a variable, a file, or standard input.
    package let source: String

    /// White space around the key is dropped. Throws `HTTPError.unusableSecret` when nothing is left or when a
    /// character cannot stand in a header; `source` says where the key came from.
    package init(_ text: String, source: String) throws {
        secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        self.source = source
        guard !secret.isEmpty else {
            throw HTTPError(.unusableSecret, "the key in \(source) is empty; put the key there or unset it")
        }
        guard secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw HTTPError(.unusableSecret, "the key in \(source) holds a space, line break or letter beyond ASCII; give the key alone")
        }
    }

    /// The key in a file that only its owner may read, or on standard input where the path is `-`.
    ///
    /// Throws `HTTPError.unusableSecret` when others may read the file.
    package init(path: String) throws {
        if path == "-" {
            try self.init(readLine() ?? "", source: "standard input")
            return
        }
        let file = URL(fileURLWithPath: path)
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        if let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 != 0 {
            throw HTTPError(.unusableSecret, "others may read the key in \(path) (mode \(String(mode, radix: 8))); run chmod 600 \(path)")
        }
        try self.init(String(decoding: try Data(reading: file), as: UTF8.self), source: path)
    }

    package var description: String { "<key>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    package func header(_ style: Style) -> HTTPHeader {
        switch style {
        case .bearer: HTTPHeader("Authorization", "Bearer \(secret)", secrets: [secret])
        case .header(let name): HTTPHeader(name, secret, secrets: [secret])
        }
    }
}
