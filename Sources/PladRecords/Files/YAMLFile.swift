package import Foundation
import Yams

/// Reads settings that a person writes in YAML.
///
/// A file may also come from a stranger, for example with a task: its size in bytes is bounded, and so is what it stands for once its
/// aliases are written out, since a few lines of them can make billions of values.
package enum YAMLFile {
    package static let mostBytes = 1 << 20
    package static let mostValues = 200_000
    /// Largest number of bytes of all texts, those that aliases repeat counted each time.
    package static let mostTextBytes = 4 << 20
    /// Bound on each mapping's number of keys times their bytes (8 more for each key), summed over the mappings.
    package static let mostCompared = 100_000_000
    /// Deepest nesting of values; libyaml's own limit is far higher.
    package static let deepest = 64

    /// Reads a file's one document. Throws `RecordError` with the file, the line of a syntax error, and the reason.
    package static func read<Value: Decodable>(_ type: Value.Type = Value.self, from file: URL, hint: String? = nil) throws -> Value {
        let way = hint.map { "; " + $0 } ?? ""
        do {
            // A file of comments alone has no document: it sets nothing.
            return try YAMLDecoder().decode(type, from: try document(of: file) ?? .mapping(.init([])))
        } catch let error as DecodingError {
            if case .dataCorrupted(let context) = error, let cause = context.underlyingError as? YamlError {
                throw RecordError(.malformed, "\(file.path)\(reason(cause))\(way)")
            }
            throw RecordError(.malformed, "\(file.path): \(error.reason)\(way)")
        } catch let error as YamlError {
            throw RecordError(.malformed, "\(file.path)\(reason(error))\(way)")
        } catch let failure as any Failure {
            throw failure
        } catch {
            throw RecordError(.malformed, "\(file.path): \(error)\(way)")
        }
    }

    /// The document of a file; nil if it is empty. Throws `RecordError.malformed` beyond the bounds, and `YamlError`.
    private static func document(of file: URL) throws -> Node? {
        let data = try Data(reading: file)
        guard data.count <= mostBytes else {
            throw RecordError(.malformed, "\(file.path) has \(data.count) bytes, more than the \(mostBytes) that settings may have")
        }
        let text = String(decoding: data, as: UTF8.self)
        guard !text.hasOverlongCharacter, !hasLongRunOfEscapes(text) else {
            throw RecordError(.malformed, "\(file.path) has a character of more than \(String.longestCharacter) bytes")
        }
        try refuseAliasesInKeys(text, file)
        guard let node = try Yams.compose(yaml: text) else { return nil }
        if let excess = YAMLMeasure(node).excess {
            throw RecordError(
                .malformed, "\(file.path) stands for \(excess), once its aliases (*name) are written out; write what is meant")
        }
        return node
    }

    /// True if a text in quotes may spell a character of thousands of marks by escapes, with which the parser's comparisons never end:
    /// it has more than 5000 escapes, or letters beyond ASCII, without an ASCII letter between them.
    private static func hasLongRunOfEscapes(_ text: String) -> Bool {
        var (run, left) = (0, 0)
        for byte in text.utf8 {
            if left > 0 {
                if left == Int.max { left = [0x78: 2, 0x75: 4, 0x55: 8][byte] ?? 0 } else { left -= 1 }
            } else if byte == UInt8(ascii: "\\") {
                (run, left) = (run + 1, .max)
                if run > 5000 { return true }
            } else if byte > 0x20, byte < 0x80 {
                run = 0
            }
        }
        return false
    }

    /// Refuses keys that hold an alias: the YAML parser expands them to find duplicates before values can be counted. No setting has
    /// one.
    ///
    /// Throws `RecordError.malformed` with the line. Text in quotes that looks like such a key is refused as well.
    private static func refuseAliasesInKeys(_ text: String, _ file: URL) throws {
        // Without an anchor (&name) there is nothing that an alias could stand for.
        guard text.utf8.contains(UInt8(ascii: "*")), text.utf8.contains(UInt8(ascii: "&")) else { return }
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            var scanner = AliasedKeyScanner()
            guard line.contains(where: { scanner.endsKey(with: $0) }) || scanner.endsKey(with: UInt8(ascii: " ")) else { continue }
            throw RecordError(
                .malformed, "\(file.path):\(index + 1): a key that is or holds an alias (*name) is not read; write the key out")
        }
    }

    /// The keys of a file's mapping in order, each with its line, from 1.
    package static func keys(in file: URL) throws -> [(name: String, line: Int)] {
        return ((try? document(of: file))?.mapping ?? [:]).compactMap { key, _ in
            guard let name = key.string, let mark = key.mark else { return nil }
            return (name, mark.line)
        }
    }

    /// Throws `RecordError.malformed` with the line and the nearest known key if a mapping, or a nested one, has an unknown key.
    ///
    /// - Parameter known: paths of keys, such as `teacher.system` for a nested one.
    package static func refuseKeys(in file: URL, otherThan known: Set<String>) throws {
        guard let mapping = (try? document(of: file))?.mapping else { return }
        try refuseKeys(mapping, [], otherThan: known, file)
    }

    private static func refuseKeys(_ mapping: Node.Mapping, _ path: [String], otherThan known: Set<String>, _ file: URL) throws {
        for (key, value) in mapping {
            let here = path + [key.string ?? "?"]
            let name = here.joined(separator: ".")
            guard known.contains(name) else {
                let place = file.path + (key.mark.map { ":\($0.line)" } ?? "")
                let siblings = known.filter { $0.split(separator: ".").count == here.count && $0.hasPrefix(path.map { $0 + "." }.joined()) }
                let near = Spelling.nearest(to: name, among: siblings).map { "; is \"\($0)\" meant?" } ?? ""
                throw RecordError(
                    .malformed, "\(place): \"\(name)\" is not known here\(near) (known: \(siblings.sorted().joined(separator: ", ")))")
            }
            if let inner = value.mapping { try refuseKeys(inner, here, otherThan: known, file) }
        }
    }

    /// The reason after the line number: ":3: …".
    private static func reason(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            ":\(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            ":\(context.mark.line): \(keys.joined(separator: ", ")) occurs twice"
        default: ": \(error)"
        }
    }
}
