package import Foundation
package import PladHTTP
package import PladRecords

/// The API of a family of endpoints: how prompts are written and completions read.
///
/// A dialect is a pure value: it converts, and never uses the network.
package protocol Dialect: Sendable {
    /// Name in settings and keys.
    var name: String { get }
    /// Header that carries the key.
    var keyStyle: Credential.Style { get }
    /// Headers that the endpoint requires beside the key and the content type.
    var headers: [HTTPHeader] { get }
    /// The path of requests, from the path of the base address without a trailing slash.
    func path(from base: String) -> String
    /// The body of a request for one completion of the messages; `sample` is the index among the completions of the prompt.
    func body(asking messages: [Message], _ parameters: SamplingParameters, sample: Int) -> JSONValue
    /// Reads the document of a response under status 2xx.
    func read(answer document: JSONValue) -> Reading
    /// Fields by which one request asks for several completions; nil if the API has none.
    var choices: Choices? { get }
    /// The request with its completion streamed.
    func streamed(_ form: WireForm) -> WireForm
    /// The document that a streamed response's events amount to: the one without streaming, as far as `read` needs it. Throws if the
    /// events are incomplete or out of order by the protocol.
    func document(assembling events: [StreamEvent]) throws(StreamError) -> JSONValue
}

/// The meaning of a response in a dialect.
package enum Reading: Sendable, Equatable {
    /// A completion, also an empty, truncated, refused or filtered one, by its finish reason.
    case completion(Completion)
    /// An error that the endpoint reports.
    case fault(ProviderFault)
    /// A response that is broken off or not of this dialect, with the reason at its end.
    case unreadable(String)
}

extension Reading {
    /// The reading as a filtered completion, if the error means that: several providers send an error in place of a finish reason.
    fileprivate var withheldIfFiltered: Reading {
        if case .fault(let fault) = self, fault.kind == .filtered { .withheld() } else { self }
    }
}

extension Dialect {
    package var headers: [HTTPHeader] { [] }
    package var choices: Choices? { nil }

    /// All headers of a request: the dialect's own, the key's, and the given ones, which override the others by name.
    package func headers(key: Credential?, given: [HTTPHeader]) -> [HTTPHeader] {
        let usual = [HTTPHeader("Content-Type", "application/json")] + headers + (key.map { [$0.header(keyStyle)] } ?? [])
        let names = Set(given.map { $0.name.lowercased() })
        return usual.filter { !names.contains($0.name.lowercased()) } + given
    }

    /// Reads a response.
    ///
    /// - Parameter choice: index of the completion in it, if it holds several.
    package func read(status: Int, body: Data, choice: Int = 0) -> Reading {
        guard (200..<300).contains(status) else {
            let fault = ProviderFault(status: status, reading: body)
            // Several withhold a completion with an error instead of a finish reason.
            return Reading.fault(fault).withheldIfFiltered
        }
        do {
            return try reading(of: try document(of: body), choice: choice).withheldIfFiltered.withShortReason
        } catch let error as StreamError {
            return error.reading.withheldIfFiltered.withShortReason
        } catch {
            return Reading.unreadable(Self.reason(body, error)).withShortReason
        }
    }

    /// Reads the completions of a successful response from the second on, `count` with the first, up to the first that is none.
    package func furtherCompletions(body: Data, count: Int) -> [Completion] {
        guard let document = try? document(of: body) else { return [] }
        var found: [Completion] = []
        for choice in 1..<max(count, 1) {
            guard case .completion(let completion) = try? reading(of: document, choice: choice).withheldIfFiltered else { break }
            found.append(completion)
        }
        return found
    }

    /// The completions of a response after the first, also those after an invalid one.
    func everyFurtherCompletion(body: Data) -> [Completion] {
        guard let choices, let document = try? document(of: body) else { return [] }
        return (1...).lazy.prefix { choices.document(document, choice: $0) != nil }.compactMap { choice in
            guard case .completion(let completion) = try? reading(of: document, choice: choice) else { return nil }
            return completion
        }
    }

    /// Reads one completion of a response's document.
    private func reading(of document: JSONValue, choice: Int) throws(StreamError) -> Reading {
        let one = if let choices { choices.document(document, choice: choice) } else { choice == 0 ? document : nil }
        guard let one else { return .unreadable("it holds no completion number \(choice + 1)") }
        let answer = try CompletionBounds.applied(to: one)
        // An error beside a text means that the text was broken off.
        if let fault = ProviderFault(besideAnswer: answer) { return .fault(fault) }
        return read(answer: answer)
    }

    /// The reason why a body is not a document, with a hint.
    private static func reason(_ body: Data, _ error: any Error) -> String {
        if let page = WebPage(body) {
            return
                "\(page) came, not the API's response: a proxy, a firewall or a login stands before it, or `teacher.remote` is not an API's address"
        }
        guard !body.isEmpty else { return "it is empty" }
        let words = (error as? any Failure)?.message ?? "\(error)"
        // What is wrong at the end alone was right until there.
        if words.hasSuffix("at byte \(body.count) of \(body.count)"), [0x7b, 0x5b].contains(body.first { !$0.isJSONSpace }) {
            return "it broke off on its way (\(words)); run the command again to continue"
        }
        return "\(words): perhaps `teacher.remote` is not an API's address"
    }

    /// The document of a body, or of its events, if its first bytes are those of a stream.
    private func document(of body: Data) throws -> JSONValue {
        let isStream = [StreamEvent].areServerSent(body) || [StreamEvent].areLines(body)
        if isStream, String(decoding: body, as: UTF8.self).hasOverlongCharacter {
            throw StreamError.broken("holds a character of more than \(String.longestCharacter) bytes")
        }
        if [StreamEvent].areServerSent(body) { return try joined([StreamEvent](serverSent: body)) }
        if [StreamEvent].areLines(body) { return try joined([StreamEvent](lines: body)) }
        return try JSONValue(parsing: body)
    }

    /// The document of some events, with characters joined that were cut between two of them.
    private func joined(_ events: [StreamEvent]) throws -> JSONValue {
        guard events.contains(where: { SurrogateHalves.stand(in: $0.data) }) else { return try document(assembling: events) }
        let marked = events.map { event in
            var event = event
            event.data = SurrogateHalves.marked(event.data)
            return event
        }
        return SurrogateHalves.joined(try document(assembling: marked))
    }

    /// Makes the request for one completion.
    ///
    /// - Parameters:
    ///   - teacher: the endpoint's origin, or the name given in its place (`teacher.id`).
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
