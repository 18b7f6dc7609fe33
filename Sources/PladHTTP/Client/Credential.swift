import Foundation
import PladRecords

/// A secret that authenticates a client: an API key or a token. It never prints itself: interpolated, dumped or mirrored, it is
/// `<key>`.
///
/// Its text leaves this file only by `header`, to be sent.
package struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name and form of the header that carries the secret.
    package enum Style: Sendable, Hashable {
        /// The form `Authorization: Bearer KEY`.
        case bearer
        /// A header with another name, for example `x-api-key: KEY`.
        case header(String)
    }

    private let secret: String
    /// Origin of the secret: a variable, a file, or standard input.
    package let source: String

    /// Takes a secret, without surrounding white space. Throws `HTTPError.unusableSecret` if nothing is left or a character is not
    /// valid in a header; `source` names its origin.
    package init(_ text: String, source: String) throws {
        secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        self.source = source
        guard !secret.isEmpty else {
            throw HTTPError(.unusableSecret, "the key in \(source) is empty; put the key there or unset it")
        }
        guard secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw HTTPError(.unusableSecret, "the key in \(source) holds a space, line break or letter beyond ASCII; give only the key")
        }
    }

    /// Reads the secret from a file that only its owner may read, or from standard input if the path is `-`. For a link, the target's
    /// mode counts. A pipe, as of `<(command)`, is read.
    ///
    /// Throws `HTTPError.unusableSecret` for a file that is unreadable, that others may read, or that is too long for a key.
    package init(path: String) throws {
        if path == "-" {
            try self.init(readLine() ?? "", source: "standard input")
            return
        }
        func refuse(_ problem: String) -> HTTPError { HTTPError(.unusableSecret, "the key file \(path) \(problem)") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refuse("cannot be read: \(String(cString: strerror(errno)))") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // Of the open file, so that no other can take its place in between.
        var status = stat()
        guard fstat(descriptor, &status) == 0, [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT) else {
            throw refuse("is not a file: give a file with only the key")
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            throw refuse("may be read by others (mode \(String(mode, radix: 8))); run chmod 600 \(path)")
        }
        let most = 1 << 16
        var text = Data()
        do {
            while text.count <= most, let more = try handle.read(upToCount: most), !more.isEmpty { text.append(more) }
        } catch {
            throw refuse("cannot be read: \(Files.reason(error))")
        }
        guard text.count <= most else { throw refuse("is longer than \(most) bytes: give a file with only the key") }
        try self.init(String(decoding: text, as: UTF8.self), source: path)
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
