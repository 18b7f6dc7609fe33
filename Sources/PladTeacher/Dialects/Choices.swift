import PladRecords

/// An API's way to complete one prompt several times at once: how it is asked to, and where it lists the completions.
package struct Choices: Sendable, Hashable {
    /// The path of the field that says how many.
    package var count: [String]
    /// The field of the answer's document that lists them.
    package var list: String
    /// The field that counts the tokens of all of them together.
    package var usage: String
    /// The most that can be asked for at once.
    package var most: Int

    static let openAI = Choices(count: ["n"], list: "choices", usage: "usage", most: 128)
    static let gemini = Choices(count: ["generationConfig", "candidateCount"], list: "candidates", usage: "usageMetadata", most: 8)

    /// The document of one of the answers; nil where there is no such one. The first carries the tokens of all.
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

    /// The request for several answers like the one that is asked for; nil where the user says how many there are to be, or
    /// no such number can be asked for.
    func request(_ request: TeacherRequest, times: Int) -> TeacherRequest? {
        guard (2...most).contains(times), count.reduce(request.body, { $0?[$1] }) == nil else { return nil }
        let field = count.reversed().reduce(JSONValue.int(Int64(times))) { [$1: $0] }
        let body = (request.body.object ?? [:]).overlaid(with: field.object ?? [:])
        return TeacherRequest(
            dialect: request.dialect, teacher: request.teacher, path: request.path, body: .object(body), sample: request.sample)
    }
}
