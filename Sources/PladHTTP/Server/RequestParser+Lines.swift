import Foundation

extension RequestParser {
    /// Parses `POST /v1/models?x=1 HTTP/1.1`. A target in absolute form, `http://host/v1/models`, as clients send to a proxy, is
    /// returned as its path, with its authority as the field Host (RFC 9112 §3.2.2).
    static func requestLine(_ line: String) throws(HTTPProblem) -> ServerRequest {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isTokenByte),
            !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else {
            throw HTTPProblem(400, "\"\(line.prefix(80))\" is not a request line of HTTP/1.1")
        }
        guard parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else {
            throw HTTPProblem(505, "\"\(parts[2].prefix(16))\" is not served; use HTTP/1.1")
        }
        var raw = parts[1].prefix { $0 != "?" && $0 != "#" }
        var headers: [String: String] = [:]
        if let scheme = raw.prefixMatch(of: /(?i)https?:\/\//) {
            let authority = raw[scheme.range.upperBound...].prefix { $0 != "/" }
            guard !authority.isEmpty, !authority.contains("@") else {
                throw HTTPProblem(400, "the target \"\(raw.prefix(80))\" names no host that can be served")
            }
            headers["host"] = String(authority)
            raw = authority.endIndex == raw.endIndex ? "/" : raw[authority.endIndex...]
        }
        guard let path = String(raw).removingPercentEncoding else {
            throw HTTPProblem(400, "the path \"\(raw.prefix(80))\" has a broken percent escape")
        }
        return ServerRequest(method: String(parts[0]), path: path, headers: headers, minorVersion: parts[2] == "HTTP/1.1" ? 1 : 0)
    }

    /// Parses `Name: value`; the name is returned in lower case.
    static func field(_ line: String) throws(HTTPProblem) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: ":"), colon > line.startIndex, line[..<colon].utf8.allSatisfy(isTokenByte) else {
            throw HTTPProblem(400, "\"\(line.prefix(80))\" is not a header field")
        }
        let value = line[line.index(after: colon)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw HTTPProblem(400, "the header field \"\(line[..<colon])\" holds a control character")
        }
        return (line[..<colon].lowercased(), value)
    }

    /// True for a byte of a token, `tchar` in RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
