import PladRecords

/// The fields of an API by which one request asks for several completions of a prompt.
package struct Choices: Sendable, Hashable {
    /// Path of the field for the number of completions.
    package var count: [String]
    /// Name of the response's field that lists them.
    package var list: String
    /// Name of the field that counts the tokens of all of them together.
    package var usage: String
    /// Largest number for one request.
    package var most: Int

    static let openAI = Choices(count: ["n"], list: "choices", usage: "usage", most: 128)
    static let gemini = Choices(count: ["generationConfig", "candidateCount"], list: "candidates", usage: "usageMetadata", most: 8)

    /// The document of one completion; nil if there is none with this index. The first one has the token counts of all.
    func document(_ document: JSONValue, choice: Int) -> JSONValue? {
        guard var fields = document.object, let list = document[list]?.array, choice > 0 || list.count > 1 else {
            return choice == 0 ? document : nil
        }
        let isNumbered = list.allSatisfy { $0["index"]?.int != nil }
        guard let one = isNumbered ? list.first(where: { $0["index"]?.int == choice }) : document[self.list]?[choice] else {
            return nil
        }
        fields[self.list] = [one]
        if choice > 0 { fields[usage] = nil }
        return .object(fields)
    }

    /// Number of completions that a request asks for.
    func count(in request: TeacherRequest) -> Int { count.reduce(request.body) { $0?[$1] }?.int.map { Int($0) } ?? 1 }

    /// The request for several completions like the given one; nil if the user's fields set their number, or it is not possible.
    func request(_ request: TeacherRequest, times: Int) -> TeacherRequest? {
        guard (2...most).contains(times), count.reduce(request.body, { $0?[$1] }) == nil else { return nil }
        let field = count.reversed().reduce(JSONValue.int(Int64(times))) { [$1: $0] }
        let body = (request.body.object ?? [:]).overlaid(with: field.object ?? [:])
        return TeacherRequest(
            dialect: request.dialect, teacher: request.teacher, path: request.path, body: .object(body), sample: request.sample)
    }
}
