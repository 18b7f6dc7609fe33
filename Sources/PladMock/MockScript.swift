package import Foundation
package import PladRecords

/// The script of a mock teacher: a YAML file.
///
/// ```yaml
/// model: mock              # the model id it returns
/// answer: "You said: {prompt}"
/// headers: { x-ratelimit-limit-requests: "600" }   # of every response
/// seed: 1                  # which attempts are faulty
/// faulty: 0.3              # share of attempts that get one of the faults
/// faults:                  # drawn by weight; see MockReply for all fields
///   - { name: throttled, status: 429, headers: { Retry-After: "1" } }
///   - { name: cut, cut-after-bytes: 20, weight: 2 }
/// sequence:                # instead: what a request's first, second, … attempt gets, before it is answered
///   - { status: 503 }
/// batch:                   # of batch APIs; see MockBatchRules
///   polls: 2               # how often a batch is still in progress
///   ends: completed        # or expired, failed
///   sequence:              # what the first requests to each batch address get
///     - { status: 429, headers: { retry-after-ms: "5" } }
/// ```
///
/// A request is identified by its body. The replies to its attempts depend only on the script and the body, so that neither the order
/// nor the number of concurrent requests changes them.
package struct MockScript: Sendable, Equatable {
    package var model = "mock"
    /// Text of the completions; `{prompt}` is replaced by the text of the request's last message.
    package var answer = "You said: {prompt}"
    package var headers: [String: String] = [:]
    package var seed: UInt64 = 0
    package var faulty = 0.0
    package var faults: [MockReply] = []
    package var sequence: [MockReply] = []
    package var batch = MockBatchRules()

    package init() {}

    /// Reads a script. Throws a `RecordError` with the path, or a `MockError.script` with path and field.
    package init(contentsOf file: URL) throws {
        do {
            self = try YAMLFile.read(from: file)
        } catch let error as MockError {
            throw MockError(.script, "\(file.path): \(error.message)")
        }
    }

    /// The reply to the attempt of this number, from 1, at a request; nil for the plain one.
    package func reply(toAttempt attempt: Int, at request: Digest) -> MockReply? {
        if attempt <= sequence.count { return sequence[attempt - 1] }
        var generator = SeededGenerator(seed: seed, "mock", request.description, String(attempt))
        guard generator.uniform() < faulty else { return nil }
        var place = generator.uniform() * faults.map(\.weight).reduce(0, +)
        return faults.first { fault in
            place -= fault.weight
            return place < 0
        } ?? faults.last
    }
}

extension MockScript: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case model, answer, headers, seed, faulty, faults, sequence, batch
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseKeys(beyond: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decodeIfPresent(String.self, forKey: .model) ?? model
        answer = try container.decodeIfPresent(String.self, forKey: .answer) ?? answer
        headers = try container.decodeIfPresent([String: String].self, forKey: .headers) ?? headers
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
        faulty = try container.decodeIfPresent(Double.self, forKey: .faulty) ?? faulty
        faults = try container.decodeIfPresent([MockReply].self, forKey: .faults) ?? []
        sequence = try container.decodeIfPresent([MockReply].self, forKey: .sequence) ?? []
        batch = try container.decodeIfPresent(MockBatchRules.self, forKey: .batch) ?? batch
        guard (0...1).contains(faulty) else { throw MockError(.script, "\"faulty\" is \(faulty); it is a share, 0 to 1") }
        guard faulty == 0 || !faults.isEmpty else { throw MockError(.script, "\"faulty\" is \(faulty), but there are no \"faults\"") }
    }
}

extension Decoder {
    /// Throws `MockError.script` for a key that is not in `Keys`: a misspelled fault must not be ignored.
    func refuseKeys<Keys: CodingKey & CaseIterable & RawRepresentable>(beyond keys: Keys.Type) throws where Keys.RawValue == String {
        let known = keys.allCases.map(\.rawValue)
        let present = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        guard let unknown = present.sorted().first(where: { !known.contains($0) }) else { return }
        throw MockError(.script, "\"\(unknown)\" is not a field here; these are: \(known.joined(separator: ", "))")
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
