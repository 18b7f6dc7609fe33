package import PladRecords

/// Finds the limit on completion tokens in any dialect's body.
///
/// It is part of the key like every field. But a change of it does not always change the completion: one that ended by itself under one
/// limit is the same under any larger one.
package enum TokenLimit {
    /// Paths of the limit in the dialects.
    private static let paths = [
        ["max_tokens"], ["max_completion_tokens"], ["max_output_tokens"], ["generationConfig", "maxOutputTokens"],
        ["options", "num_predict"],
    ]

    /// The limit, nil if there is none, and the body without it.
    package static func split(_ body: JSONValue) -> (limit: Int?, rest: JSONValue) {
        for path in paths {
            if let limit = value(in: body, at: path)?.int { return (limit, removing(path[...], from: body)) }
        }
        return (nil, body)
    }

    /// All limits in the body.
    static func all(in body: JSONValue) -> [Int] { paths.compactMap { value(in: body, at: $0)?.int } }

    private static func value(in body: JSONValue, at path: [String]) -> JSONValue? {
        path.reduce(body) { inner, name in inner?[name] }
    }

    private static func removing(_ path: ArraySlice<String>, from body: JSONValue) -> JSONValue {
        guard case .object(var members) = body, let name = path.first else { return body }
        members[name] = path.count == 1 ? nil : members[name].map { removing(path.dropFirst(), from: $0) }
        return .object(members)
    }
}

extension TeacherRequest {
    /// Largest number of tokens of one completion: the largest of all limits in the body, whichever the endpoint applies. Nil if there
    /// is none, or one that means none.
    package var tokenLimit: Int? {
        let limits = TokenLimit.all(in: body)
        return limits.allSatisfy { $0 > 0 } ? limits.max() : nil
    }

    /// Number of tokens that a provider's limits reserve for it: one for four bytes, and the longest completions.
    var estimatedTokens: Double { Double(bodyText.utf8.count / 4) + Double(tokenLimit ?? 0) * Double(answers) }

    /// Number of completions that the body requests, those that the endpoint does not return included.
    package var answers: Int {
        let counts = [body["n"], body["best_of"], body["generationConfig"]?["candidateCount"]]
        return max(1, counts.compactMap { $0?.int }.max() ?? 1)
    }
}
