package import PladRecords

/// The first field in which two requests differ.
package struct RequestDifference: Sendable, Equatable, CustomStringConvertible {
    /// Path of the field, for example `body.messages[0].content`.
    package let field: String
    /// Values of both requests around the first difference; nil if the request lacks the field.
    package let recorded: String?
    package let asked: String?

    package var description: String {
        "\(field): recorded \(recorded ?? "nothing"), asked \(asked ?? "nothing")"
    }

    /// Compares two documents; nil if they are equal.
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

    /// The similarity from 0 to 1, equal: the mean over all fields, where two texts count by the share that they have in common at both
    /// ends.
    package static func likeness(_ one: JSONValue, _ other: JSONValue) -> Double {
        likeness(fields(of: one), other)
    }

    /// The fields of a document by path, for comparison with many others.
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

    /// The share of two unequal texts' bytes that are common at their starts and ends, relative to the longer one.
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

    /// Both values as JSON; long ones are cut to 60 letters that start a little before the first difference.
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
