package import PladRecords

/// How far two requests are apart, and the first field in which they differ.
package struct RequestDifference: Sendable, Equatable, CustomStringConvertible {
    /// The field's path, for example `body.messages[0].content`.
    package let field: String
    /// Both sides around the first place where they differ; nil where a side lacks the field.
    package let recorded: String?
    package let asked: String?

    package var description: String {
        "\(field): recorded \(recorded ?? "nothing"), asked \(asked ?? "nothing")"
    }

    /// Nil when the documents are equal.
    package init?(recorded: JSONValue, asked: JSONValue) {
        let theirs = Self.leaves(of: recorded)
        let ours = Self.leaves(of: asked)
        let fields = theirs.map(\.field) + ours.map(\.field).filter { field in !theirs.contains { $0.field == field } }
        for field in fields {
            let left = theirs.first { $0.field == field }?.value
            let right = ours.first { $0.field == field }?.value
            if left != right {
                self.field = field
                (self.recorded, self.asked) = Self.shortened(left, right)
                return
            }
        }
        return nil
    }

    /// From 0, nothing in common, to 1, equal: the mean over all fields, where two texts count for the share that
    /// they have in common at both ends.
    package static func likeness(_ one: JSONValue, _ other: JSONValue) -> Double {
        let left = Dictionary(leaves(of: one).map { ($0.field, $0.value) }, uniquingKeysWith: { $1 })
        let right = Dictionary(leaves(of: other).map { ($0.field, $0.value) }, uniquingKeysWith: { $1 })
        let fields = Set(left.keys).union(right.keys)
        guard !fields.isEmpty else { return 1 }
        let sum = fields.reduce(0.0) { sum, field in
            guard let one = left[field], let other = right[field] else { return sum }
            if one == other { return sum + 1 }
            guard let one = one.string, let other = other.string else { return sum }
            let start = commonStart(one.utf8, other.utf8)
            let end = commonStart(one.utf8.dropFirst(start).reversed(), other.utf8.dropFirst(start).reversed())
            return sum + Double(start + end) / Double(max(one.utf8.count, other.utf8.count))
        }
        return sum / Double(fields.count)
    }

    private static func commonStart(_ one: some Sequence<UInt8>, _ other: some Sequence<UInt8>) -> Int {
        zip(one, other).prefix { $0 == $1 }.reduce(0) { count, _ in count + 1 }
    }

    private static func leaves(of document: JSONValue, at path: String = "") -> [(field: String, value: JSONValue)] {
        switch document {
        case .object(let members) where !members.isEmpty:
            members.sorted { $0.key < $1.key }.flatMap { leaves(of: $0.value, at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
        case .array(let elements) where !elements.isEmpty:
            elements.enumerated().flatMap { leaves(of: $0.element, at: "\(path)[\($0.offset)]") }
        // 1 and 1.0 are one number in JSON.
        case .double(let value): [(path, Int64(exactly: value).map { .int($0) } ?? document)]
        default: [(path, document)]
        }
    }

    /// Both values as JSON, long ones cut to 60 letters that begin a little before the first difference.
    private static func shortened(_ left: JSONValue?, _ right: JSONValue?) -> (String?, String?) {
        let start: Int
        if let left = left?.string, let right = right?.string {
            start = max(0, zip(left, right).prefix { $0 == $1 }.count - 20)
        } else {
            start = 0
        }
        func cut(_ value: JSONValue) -> String {
            guard let text = value.string else { return value.canonical }
            let tail = text.dropFirst(start)
            let cut = (start > 0 ? "…" : "") + tail.prefix(60) + (tail.count > 60 ? "…" : "")
            return JSONValue.string(String(cut)).canonical
        }
        return (left.map(cut), right.map(cut))
    }
}
