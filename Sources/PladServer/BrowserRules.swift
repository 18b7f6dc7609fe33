import Foundation
import PladHTTP
import PladRecords

/// The rules that keep web pages in a browser on this machine from using the server.
///
/// A page may point its own name at 127.0.0.1 (DNS rebinding): the browser then takes this server for the page's own, but sends the
/// name in Host. And every page may send requests anywhere; the browser sends the page's origin in Origin, and asks first (a preflight)
/// for most, though not for the content types of forms, which are refused.
package struct BrowserRules: Sendable {
    /// Names, in lower case, that Host may have; nil for any: if the server is reachable from other machines, a token is required
    /// instead.
    private let hosts: Set<String>?
    private let origins: Set<String>

    /// - Parameters:
    ///   - host: address to listen on, as given.
    ///   - allowedOrigins: `scheme://host:port` of each page that may send requests, or `*` for all.
    ///
    /// Throws `ServerError.origin` for an invalid origin.
    package init(host: String, allowedOrigins: [String] = []) throws {
        hosts = ListeningSocket.isLoopback(host) ? [Self.plain(host)] : nil
        for origin in allowedOrigins where !["*", "null"].contains(origin) {
            guard let url = URL(string: origin), url.scheme != nil, url.host != nil, url.path.isEmpty, url.query == nil, url.user == nil
            else {
                throw ServerError(
                    .origin,
                    "\"\(origin)\" is not an origin: give scheme, host and port alone, for example http://localhost:3000, or * for all"
                )
            }
        }
        origins = Set(allowedOrigins.map { $0.lowercased() })
    }

    /// The reason to refuse a request, by its head; nil if it may be served.
    func refusal(of request: ServerRequest) -> APIError? {
        guard let host = request.headers["host"] else {
            // What speaks HTTP/1.0 is no browser.
            return request.minorVersion >= 1 ? APIError(400, "the header field Host is missing; HTTP/1.1 asks for it") : nil
        }
        let name = Self.plain(host)
        let isOneName = name.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: ",") }
        if let hosts, !isOneName || !Self.isLoopbackName(name) && !hosts.contains(name) {
            return APIError(403, "this server is for this machine only, not for \"\(host.prefix(80))\"; ask 127.0.0.1")
        }
        if request.method == "POST", let type = request.headers["content-type"], Self.isOfForm(type) {
            return APIError(415, "the body is said to be \(type.prefix(80)); send it with Content-Type: application/json")
        }
        guard let origin = request.headers["origin"], !allows(origin) else { return nil }
        return APIError(403, "pages of \(origin.prefix(80)) may not use this server: it was not started to allow that origin")
    }

    /// The header fields that let the requesting page read the response; none if no page asks.
    func headers(for request: ServerRequest) -> [String: String] {
        guard let origin = request.headers["origin"], allows(origin) else { return [:] }
        return ["Access-Control-Allow-Origin": origin, "Vary": "Origin"]
    }

    /// The response to a browser's preflight; nil for other requests. Browsers send no token with it.
    func preflight(_ request: ServerRequest) -> HTTPResponse? {
        guard request.method == "OPTIONS", request.headers["origin"] != nil, request.headers["access-control-request-method"] != nil else {
            return nil
        }
        var headers = headers(for: request)
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
        headers["Access-Control-Allow-Headers"] = request.headers["access-control-request-headers"] ?? "authorization, content-type"
        headers["Access-Control-Max-Age"] = "600"
        if request.headers["access-control-request-private-network"] == "true" { headers["Access-Control-Allow-Private-Network"] = "true" }
        return HTTPResponse(status: 200, headers: headers)
    }

    /// Content types that a page may send anywhere without asking first.
    private static let forms: Set = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]

    private static func isOfForm(_ type: String) -> Bool {
        forms.contains(type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased())
    }

    private func allows(_ origin: String) -> Bool { origins.contains("*") || origins.contains(origin.lowercased()) }

    /// A host without port and brackets, in lower case.
    private static func plain(_ host: String) -> String {
        var name = host.lowercased().replacing(/:[0-9]*$/, with: "")
        if host.contains("::"), !host.hasPrefix("[") { name = host.lowercased() }
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    private static func isLoopbackName(_ name: String) -> Bool {
        name.hasSuffix(".localhost") || ListeningSocket.isLoopback(name)
    }
}
