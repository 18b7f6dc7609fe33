import ArgumentParser
import Foundation
import PladCache
import PladRecords
import PladTeacher

extension CacheCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a recorded completion with all its fields.")

        @Argument(help: "The first digits of its key, as plad cache ls prints it.")
        var key: String

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print as a line of a recording.")
        var json = false

        func run() throws {
            guard !key.isEmpty, key.allSatisfy(\.isHexDigit) else {
                throw CacheError(.usage, "\"\(key)\" is not a key: give the hexadecimal digits that plad cache ls prints")
            }
            let answers = try file.open().list(keyPrefix: key)
            guard let answer = answers.first else {
                throw CacheError(
                    .notRecorded, "\(file.cache) holds no completion whose key starts with \"\(key)\"; plad cache ls lists them")
            }
            guard answers.count == 1 else {
                throw CacheError(.usage, "\(answers.count) keys in \(file.cache) start with \"\(key)\"; give more of the digits")
            }
            if json { return try Console.result(answer.recording(withTimes: true).canonical) }
            let attempts = try file.open().attempts(for: answer.key).map { ("attempt \($0.number)", $0.sentence) }
            for (name, value) in answer.facts + attempts { Console.result(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value) }
        }
    }
}

extension StoredCompletion {
    /// Names and values of all fields, for a person.
    fileprivate var facts: [(String, String)] {
        var facts = [
            ("key", key.description), ("teacher", teacher), ("path", path), ("dialect", dialect), ("sample", String(sample)),
            ("request", request), ("status", String(status)), ("model", model ?? "not named"), ("finish", finishReason.rawValue),
        ]
        if let usage {
            let cached = usage.cachedTokens.map { " (\($0) cached)" } ?? ""
            let reasoning = usage.reasoningTokens.map { " (\($0) reasoning)" } ?? ""
            facts.append(("tokens", "\(usage.promptTokens) prompt\(cached), \(usage.completionTokens) completion\(reasoning)"))
        }
        facts.append(("attempts", String(attempts)))
        if let askedAt {
            facts.append(("asked at", Date(timeIntervalSince1970: Double(askedAt) / 1000).formatted(.iso8601)))
        }
        if let firstByte, let total { facts.append(("took", "\(total) ms, \(firstByte) ms to the first byte")) }
        switch Dialects.named(dialect)?.read(status: status, body: response, choice: choice) {
        case .completion(let completion):
            if let reasoning = completion.reasoning { facts.append(("reasoning", reasoning)) }
            facts.append(("text", completion.text))
        case nil, .fault, .unreadable:
            facts.append(("response", String(decoding: response, as: UTF8.self)))
        }
        return facts
    }
}
