package import Foundation
import PladRecords

/// The token that clients must send. Only its digest is kept, so that the token is in no message, log or memory dump.
package struct AccessToken: Sendable {
    private let digest: Digest

    /// Takes a token. Throws `ServerError.token` if it is empty or not valid in a header field.
    package init(_ token: String) throws {
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw ServerError(.token, "the access token is empty or holds white space or characters beyond ASCII; choose another")
        }
        digest = Digest(of: token)
    }

    /// Reads the first line of a file that only its owner may read. Throws `ServerError.token` with the path.
    package init(contentsOf file: URL) throws {
        let data = try Data(reading: file)
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        guard mode & 0o077 == 0 else {
            let spelled = String(mode, radix: 8)
            throw ServerError(.token, "\(file.path) may be read by others (mode \(spelled)); make it private: chmod 600 \(file.path)")
        }
        try self.init(String(decoding: data.prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self))
    }

    /// True if the shown token is right. Takes the same time for any: digests of equal length are compared to the end.
    package func matches(_ shown: String) -> Bool {
        zip(digest.bytes, Digest(of: shown).bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
