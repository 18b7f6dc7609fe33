package import Foundation
package import PladHTTP
package import PladRecords

/// The spelling of prompts and completions at one family of endpoints.
///
/// A dialect is a pure value: it maps, and never touches the wire.
package protocol Dialect: Sendable {
    /// The name that settings and keys use.
    var name: String { get }
    /// The header that carries the key.
    var keyStyle: Credential.Style { get }
    /// Headers that the endpoint wants beside the key and the content type.
    var headers: [HTTPHeader] { get }
    /// The path to ask, from the path of the base address without a slash at its end.
    func path(from base: String) -> String
    /// The body that asks for one completion of the messages; `sample` counts the answers to the same question.
    func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue
    /// Reads the document of a response under status 2xx.
    func read(answer document: JSONValue) -> Reading
    /// The API's way to complete one prompt several times at once; nil where it has none.
    var choices: Choices? { get }
    /// The request as it is sent to have its answer streamed.
    func streamed(_ form: WireForm) -> WireForm
    /// The document that the events of a streamed answer amount to: the one that would have come without streaming, as far
    /// as `read` looks. Throws where they do not end, or not follow each other, as the protocol says.
    func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue
}

/// The meaning of a response, as a dialect finds it.
package enum Reading: Sendable, Equatable {
    /// An answer, also an empty, truncated, refused or filtered one: its finish reason tells.
    case completion(Completion)
    /// The endpoint reports an error.
    case fault(ProviderFault)
    /// Not a response of this dialect: broken off, or not its JSON. Ends in the reason.
    case unreadable(String)
}

extension Reading {
    /// Several providers withhold an answer with an error in place of a finish reason.
    fileprivate var withheldIfFiltered: Reading {
        if case .fault(let fault) = self, fault.kind == .filtered { .withheld() } else { self }
    }
}

extension Dialect {
    package var headers: [HTTPHeader] { [] }
    package var choices: Choices? { nil }

    /// All headers of a request: the dialect's own, the key's and the given ones, which take the place of one of the same name.
    package func headers(key: Credential?, given: [HTTPHeader]) -> [HTTPHeader] {
        let usual = [HTTPHeader("Content-Type", "application/json")] + headers + (key.map { [$0.header(keyStyle)] } ?? [])
        let names = Set(given.map { $0.name.lowercased() })
        return usual.filter { !names.contains($0.name.lowercased()) } + given
    }

    /// Reads a response.
    /// - Parameter choice: which of the answers in it, where it holds several.
    package func read(status: Int, body: Data, choice: Int = 0) -> Reading {
        guard (200..<300).contains(status) else {
            let fault = ProviderFault(status: status, reading: body)
            // Several withhold an answer with an error instead of a finish reason.
            return Reading.fault(fault).withheldIfFiltered
        }
        do {
            let document = try document(of: body)
            let one = if let choices { choices.document(document, choice: choice) } else { choice == 0 ? document : nil }
            guard let one else {
                return .unreadable("it holds no answer number \(choice + 1)")
            }
            // An error beside a text means that the text was broken off.
            if let fault = ProviderFault(besideAnswer: one) { return Reading.fault(fault).withheldIfFiltered }
            return read(answer: one).withheldIfFiltered
        } catch let error as StreamError {
            return error.reading.withheldIfFiltered
        } catch {
            return .unreadable(Self.reason(body, error))
        }
    }

    /// Why a body is no document, and what that hints at.
    private static func reason(_ body: Data, _ error: any Error) -> String {
        if let page = WebPage(body) {
            return
                "\(page) came, not the API's answer: a proxy, a firewall or a login stands before it, or `teacher.remote` is no API's address"
        }
        guard !body.isEmpty else { return "it is empty" }
        let words = (error as? any Failure)?.message ?? "\(error)"
        // What is wrong at the end alone was right until there.
        if words.hasSuffix("at byte \(body.count) of \(body.count)"), [0x7b, 0x5b].contains(body.first { !$0.isJSONSpace }) {
            return "it broke off on its way (\(words)); run the command again to go on"
        }
        return "\(words): perhaps `teacher.remote` is no API's address"
    }

    /// The document that a body is, or that its events amount to: its first bytes tell a stream.
    private func document(of body: Data) throws -> JSONValue {
        if [StreamEvent].areServerSent(body) { return try joined([StreamEvent](serverSent: body)) }
        if [StreamEvent].areLines(body) { return try joined([StreamEvent](lines: body)) }
        return try JSONValue(parsing: body)
    }

    /// The document that events amount to, with characters joined that were cut between two of them.
    private func joined(_ events: [StreamEvent]) throws -> JSONValue {
        guard events.contains(where: { SurrogateHalves.stand(in: $0.data) }) else { return try document(assembling: events) }
        let marked = events.map { event in
            var event = event
            event.data = SurrogateHalves.marked(event.data)
            return event
        }
        return SurrogateHalves.joined(try document(assembling: marked))
    }

    /// The request for one completion.
    /// - Parameters:
    ///   - teacher: the endpoint's origin, or the name that `--teacher-id` gives in its place.
    ///   - path: the endpoint's path.
    package func request(
        teacher: String, path: String, asking messages: [Message], _ parameters: SamplingParameters, sample: Int
    ) -> TeacherRequest {
        TeacherRequest(
            dialect: name, teacher: teacher, path: path, body: body(asking: messages, parameters, sample: sample), sample: sample)
    }
}

extension UInt8 {
    fileprivate var isJSONSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
