package import PladRecords

/// The distance of two requests, and the first field in which they differ.
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
        likeness(fields(of: one), other)
    }

    /// A document's fields by their paths, for comparing many others with it.
    static func fields(of document: JSONValue) -> [String: JSONValue] {
        Dictionary(leaves(of: document).map { ($0.field, $0.value) }, uniquingKeysWith: { $1 })
    }

    static func likeness(_ fields: [String: JSONValue], _ other: JSONValue) -> Double {
        var (sum, alone) = (0.0, 0)
        for (field, value) in leaves(of: other) {
            guard let mine = fields[field] else {
                alone += 1
                continue
            }
            if mine == value {
                sum += 1
            } else if var one = mine.string, var other = value.string {
                sum += one.withUTF8 { one in other.withUTF8 { shareOfEnds(one, $0) } }
            }
        }
        let count = fields.count + alone
        return count == 0 ? 1 : sum / Double(count)
    }

    /// The bytes that two unequal texts have in common at their starts and ends, of the longer one's.
    private static func shareOfEnds(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Double {
        let shorter = min(one.count, other.count)
        var start = 0
        while start < shorter, one[start] == other[start] { start += 1 }
        var end = 0
        while end < shorter - start, one[one.count - 1 - end] == other[other.count - 1 - end] { end += 1 }
        return Double(start + end) / Double(max(one.count, other.count))
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
