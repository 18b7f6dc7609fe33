import Foundation

/// Parses whole requests from a connection's bytes in pieces of any size (RFC 9112); does no I/O.
///
/// An ambiguous head is refused: both lengths at once, two different lengths, folded fields, white space before a colon. After a
/// `HTTPProblem` the parser must not be used again.
package struct RequestParser: Sendable {
    package enum Step: Sendable, Equatable {
        case request(ServerRequest)
        /// The client waits for `100 Continue` before it sends the body.
        case expectsContinue
    }

    private enum State: Sendable {
        case head
        case body(ServerRequest, length: Int)
        case chunks(ServerRequest)
        case trailer(ServerRequest, bytes: Int)
    }

    private let limits: RequestLimits
    private var state = State.head
    private var buffer = Data()
    /// Chunks of the current request, joined.
    private var body = Data()
    /// Number of bytes in the empty lines before the request line.
    private var emptyLineBytes = 0

    package init(limits: RequestLimits = RequestLimits()) {
        self.limits = limits
    }

    /// True if a request is partly received.
    package var isInsideRequest: Bool {
        if case .head = state { !buffer.isEmpty } else { true }
    }

    /// Number of bytes received and not returned yet.
    package var bufferedBytes: Int { buffer.count }

    /// The request whose body is arriving, without it; nil between requests and within a head.
    package var head: ServerRequest? {
        switch state {
        case .head: nil
        case .body(let request, _), .chunks(let request), .trailer(let request, _): request
        }
    }

    /// Memory in bytes for the arriving body, in full if its length is known.
    package var bodyBytes: Int {
        switch state {
        case .head: 0
        case .body(_, let length): length
        case .chunks, .trailer: body.count + buffer.count
        }
    }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        buffer.append(contentsOf: bytes)
    }

    /// The next complete step, or nil until more bytes arrive.
    package mutating func next() throws(HTTPProblem) -> Step? {
        while true {
            switch state {
            case .head:
                guard let (request, framing) = try nextHead() else { return nil }
                switch framing {
                case .length(0):
                    return .request(request)
                case .length(let length):
                    state = .body(request, length: length)
                case .chunked:
                    state = .chunks(request)
                }
                if request.headers["expect"]?.lowercased() == "100-continue", buffer.isEmpty { return .expectsContinue }
            case .body(var request, let length):
                guard buffer.count >= length else { return nil }
                request.body = take(length)
                state = .head
                return .request(request)
            case .chunks(let request):
                guard let chunk = try nextChunk() else { return nil }
                body.append(chunk)
                if chunk.isEmpty { state = .trailer(request, bytes: 0) }
            case .trailer(var request, let bytes):
                guard let line = try nextLine(bytes) else { return nil }
                guard line.isEmpty else {
                    state = .trailer(request, bytes: bytes + line.count + 2)
                    continue
                }
                request.body = body
                body = Data()
                state = .head
                return .request(request)
            }
        }
    }

    private enum Framing { case length(Int), chunked }

    private mutating func nextHead() throws(HTTPProblem) -> (ServerRequest, Framing)? {
        // Empty lines before a request line are passed over (RFC 9112 §2.2).
        var empty = 0
        while buffer.dropFirst(empty).starts(with: [13, 10]) { empty += 2 }
        buffer.removeFirst(empty)
        emptyLineBytes += empty
        guard emptyLineBytes <= limits.headBytes else {
            throw HTTPProblem(431, "more than \(limits.headBytes) bytes of empty lines stand before the request")
        }
        let window = buffer.prefix(limits.headBytes)
        guard let end = window.range(of: Data("\r\n\r\n".utf8)) else {
            guard buffer.count < limits.headBytes else {
                throw HTTPProblem(431, "the request's header fields exceed \(limits.headBytes) bytes")
            }
            return nil
        }
        let head = window[..<end.lowerBound]
        guard let text = String(validating: head, as: UTF8.self) else { throw HTTPProblem(400, "the header fields are not UTF-8") }
        buffer.removeSubrange(..<end.upperBound)
        emptyLineBytes = 0
        var lines = text.components(separatedBy: "\r\n")
        var request = try Self.requestLine(lines.removeFirst())
        let target = request.headers["host"]
        for line in lines {
            let (name, value) = try Self.field(line)
            // A target that names the host itself is what counts.
            if name == "host", target != nil { continue }
            if let earlier = request.headers[name] {
                guard name != "content-length" || earlier == value else {
                    throw HTTPProblem(400, "two different Content-Length fields: \(earlier) and \(value)")
                }
                request.headers[name] = name == "content-length" ? value : earlier + ", " + value
            } else {
                request.headers[name] = value
            }
        }
        return (request, try framing(of: request))
    }

    private func framing(of request: ServerRequest) throws(HTTPProblem) -> Framing {
        let length = request.headers["content-length"]
        if let coding = request.headers["transfer-encoding"] {
            guard length == nil else { throw HTTPProblem(400, "both Content-Length and Transfer-Encoding are given") }
            guard coding.lowercased() == "chunked" else {
                throw HTTPProblem(501, "Transfer-Encoding \"\(coding)\" is not served; use chunked")
            }
            return .chunked
        }
        guard let length else { return .length(0) }
        guard length.allSatisfy(\.isASCIIDigit), let bytes = Int(length) else {
            throw HTTPProblem(400, "Content-Length \"\(length)\" is not a number of bytes")
        }
        guard bytes <= limits.bodyBytes else { throw tooLarge(bytes) }
        return .length(bytes)
    }

    private mutating func nextChunk() throws(HTTPProblem) -> Data? {
        guard let end = buffer.range(of: Data("\r\n".utf8)) else {
            guard buffer.count < 256 else { throw HTTPProblem(400, "a chunk's size line exceeds 256 bytes") }
            return nil
        }
        let line = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        let digits = line.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        guard digits.allSatisfy(\.isHexDigit), let size = Int(digits, radix: 16) else {
            throw HTTPProblem(400, "\"\(line.prefix(32))\" is not the size of a chunk")
        }
        guard size <= limits.bodyBytes - body.count else { throw tooLarge(nil) }
        let lineBytes = end.upperBound - buffer.startIndex
        if size == 0 {
            buffer.removeFirst(lineBytes)
            return Data()
        }
        guard buffer.count >= lineBytes + size + 2 else { return nil }
        buffer.removeFirst(lineBytes)
        let chunk = take(size)
        guard take(2) == Data("\r\n".utf8) else { throw HTTPProblem(400, "a chunk is longer than its size line says") }
        return chunk
    }

    /// - Parameter earlier: number of bytes in the trailer's lines before this one.
    private mutating func nextLine(_ earlier: Int) throws(HTTPProblem) -> Data? {
        let end = buffer.range(of: Data("\r\n".utf8))
        guard earlier + (end.map { $0.upperBound - buffer.startIndex } ?? buffer.count) <= limits.headBytes else {
            throw HTTPProblem(431, "the trailer exceeds \(limits.headBytes) bytes")
        }
        guard let end else { return nil }
        let line = take(end.lowerBound - buffer.startIndex)
        buffer.removeFirst(2)
        return line
    }

    private mutating func take(_ count: Int) -> Data {
        let taken = Data(buffer.prefix(count))
        buffer.removeFirst(count)
        return taken
    }

    private func tooLarge(_ bytes: Int?) -> HTTPProblem {
        HTTPProblem(413, "the body\(bytes.map { " of \($0) bytes" } ?? "") exceeds the limit of \(limits.bodyBytes) bytes")
    }
}
