import Foundation
import PladHTTP

/// The parts of a `multipart/form-data` body by name. Source: RFC 7578.
struct MultipartForm {
    private var parts: [String: Data] = [:]

    /// Nil for anything but a well-formed form.
    init?(_ request: ServerRequest) {
        guard let type = request.headers["content-type"], type.lowercased().hasPrefix("multipart/form-data"),
            let mark = type.range(of: "boundary=")
        else { return nil }
        let boundary = type[mark.upperBound...].prefix { $0 != ";" }.trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
        let line = Data("\r\n--\(boundary)".utf8)
        // The first boundary has no line before it.
        var rest = (Data("\r\n".utf8) + request.body)[...]
        guard let first = rest.range(of: line), first.lowerBound == rest.startIndex else { return nil }
        rest = rest[first.upperBound...]
        while rest.starts(with: Data("\r\n".utf8)) {
            rest = rest.dropFirst(2)
            guard let blank = rest.range(of: Data("\r\n\r\n".utf8)), let end = rest.range(of: line),
                let name = Self.name(in: rest[..<blank.lowerBound]), blank.upperBound <= end.lowerBound
            else { return nil }
            parts[name] = Data(rest[blank.upperBound..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        guard rest.starts(with: Data("--".utf8)) else { return nil }
    }

    subscript(name: String) -> Data? { parts[name] }

    private static func name(in head: Data) -> String? {
        let text = String(decoding: head, as: UTF8.self)
        return text.firstMatch(of: /[;\s]name="([^"]*)"/).map { String($0.1) }
    }
}
