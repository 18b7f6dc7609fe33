import Foundation

/// The hosts that are this machine: nothing sent to them leaves it.
package enum Loopback {
    /// True for `localhost`, the names below it, `[::1]` and every address of 127.0.0.0/8 in four decimal numbers. Other spellings of
    /// these addresses do not count.
    ///
    /// - Parameter host: host in lower case, an IPv6 address in brackets.
    package static func contains(host: some StringProtocol) -> Bool {
        let bytes = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || bytes.count == 4 && !bytes.contains(nil) && bytes[0] == 127
    }

    /// True if the host of an http or https address is this machine.
    package static func contains(url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host?.lowercased() else { return false }
        return contains(host: host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host)
    }
}
