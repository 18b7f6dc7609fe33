import Foundation
import PladHTTP
import PladRecords
package import PladTeacher

extension TeacherSettings {
    /// Name of the dialect: the given one, else the one derived from the URL.
    package var dialectName: String { dialect ?? remote.map(Dialects.name(for:)) ?? Dialects.names[0] }

    /// The dialect. Throws `SettingError` for an unknown name, a missing model, or an extra field that plad sets itself.
    ///
    /// - Parameter path: path of these settings, for errors.
    package func resolvedDialect(_ path: String = "teacher") throws -> any Dialect {
        let model = try model.required("\(path).model", "the name of the model to ask for")
        if let owned = extra.keys.filter(Self.owned.contains).min() {
            throw SettingError(
                path: "\(path).extra", problem: "\(owned): plad writes that field itself, from the prompt and its own settings")
        }
        guard let found = Dialects.named(dialectName, model: model, remote: remote, extra: extra) else {
            throw SettingError(path: "\(path).dialect", problem: "\(dialectName): choose one of: \(Dialects.names.joined(separator: ", "))")
        }
        return found
    }

    /// Fields that plad sets itself: for messages, model, number of completions and streaming.
    private static let owned: Set = ["messages", "prompt", "input", "contents", "model", "n", "best_of", "stream", "stream_options"]

    /// Throws `SettingError`, `TeacherError` or `HTTPError` with the first invalid setting.
    package func validate(_ path: String) throws {
        func require(_ holds: Bool, _ name: String, _ problem: @autoclosure () -> String) throws {
            guard holds else { throw SettingError(path: "\(path).\(name)", problem: problem()) }
        }
        try require(!(replay && refresh), "replay", "and `\(path).refresh` exclude each other: give one")
        try require(concurrency > 0, "concurrency", "\(concurrency): give at least 1")
        for (name, limit) in [("requests", requestsPerMinute), ("tokens", tokensPerMinute)] {
            try require((limit ?? 1) > 0, "\(name)_per_minute", "\(limit ?? 0): give a number above 0")
        }
        try require(attempts > 0, "attempts", "\(attempts): give at least 1")
        try require(timeout > 0, "timeout", "\(timeout): give a number of seconds above 0")
        if let price {
            let numbers = [price.input, price.output]
            try require(
                numbers.allSatisfy { $0.isFinite && $0 >= 0 }, "price",
                "\(price.input),\(price.output): give dollars per million tokens in and out, such as 0.15,0.60")
        }
        if let budget { try require(budget.isFinite && budget >= 0, "budget", "\(budget): give dollars, such as 5.00") }
        if let remote { _ = try Endpoint(remote, dialect: try resolvedDialect(path)) }
        for line in headers { _ = try HTTPHeader(line: line, environment: nil) }
        try require(temperature.isFinite && temperature >= 0, "temperature", "\(temperature): give 0 or more")
        try require(samples > 0, "samples", "\(samples): ask for at least one")
        try require((1...1 << 24).contains(maxTokens ?? 1), "max_tokens", "\(maxTokens ?? 0): give 1 to \(1 << 24)")
    }
}
