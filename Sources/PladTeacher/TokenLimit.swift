package import PladRecords

/// The limit on an answer's tokens, wherever a body carries it.
///
/// It is part of the key like every field; besides, it is the one field whose change does not always change the
/// answer: an answer that ended on its own under one limit is the answer under any larger one.
package enum TokenLimit {
    /// Where the dialects put it.
    private static let paths = [
        ["max_tokens"], ["max_completion_tokens"], ["max_output_tokens"], ["generationConfig", "maxOutputTokens"],
        ["options", "num_predict"],
    ]

    /// The limit, nil where there is none, and the body without it.
    package static func split(_ body: JSONValue) -> (limit: Int?, rest: JSONValue) {
        for path in paths {
            if let limit = value(in: body, at: path)?.int { return (limit, removing(path[...], from: body)) }
        }
        return (nil, body)
    }

    /// Every limit that the body holds.
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
    /// The most tokens of one answer: the largest of all limits in the body, whichever the endpoint heeds. Nil where it sets
    /// none, or one that means none.
    package var tokenLimit: Int? {
        let limits = TokenLimit.all(in: body)
        return limits.allSatisfy { $0 > 0 } ? limits.max() : nil
    }

    /// The tokens that a provider's limits count for it before it is answered: four bytes each, and the longest answer.
    var estimatedTokens: Double { Double(bodyText.utf8.count / 4) + Double(tokenLimit ?? 0) * Double(answers) }

    /// The number of completions that the body asks for at once, those that the endpoint keeps to itself included.
    package var answers: Int {
        let counts = [body["n"], body["best_of"], body["generationConfig"]?["candidateCount"]]
        return max(1, counts.compactMap { $0?.int }.max() ?? 1)
    }
}
