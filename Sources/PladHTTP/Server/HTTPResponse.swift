package import Foundation
package import PladRecords

/// A response with a complete body.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    package var headers: [String: String]
    package var body: Data

    package init(status: Int, headers: [String: String] = [:], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Makes a response with a JSON document.
    package init(status: Int, json: JSONValue) {
        self.init(status: status, headers: ["Content-Type": "application/json"], body: Data(json.canonical.utf8))
    }

    /// The bytes to send. `keepsAlive` is true if the connection stays open.
    package func encoded(keepsAlive: Bool, omitsBody: Bool = false) -> Data {
        var head = headers
        head["Content-Length"] = String(body.count)
        return Self.head(status: status, headers: head, keepsAlive: keepsAlive) + (omitsBody ? Data() : body)
    }

    /// The status line and header fields, with the empty line.
    package static func head(status: Int, headers: [String: String], keepsAlive: Bool) -> Data {
        var text = "HTTP/1.1 \(status) \(reason(status))\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
        text += keepsAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n"
        return Data(text.utf8)
    }

    /// One chunk of a body of unknown length (RFC 9112 §7.1). Empty data would end the body, so it makes no chunk.
    package static func chunk(_ data: Data) -> Data {
        data.isEmpty ? Data() : Data("\(String(data.count, radix: 16))\r\n".utf8) + data + Data("\r\n".utf8)
    }

    package static let lastChunk = Data("0\r\n\r\n".utf8)

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status \(status)"
        }
    }
}
