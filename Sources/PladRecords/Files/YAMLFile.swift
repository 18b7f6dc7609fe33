package import Foundation
import Yams

/// Settings that a person writes, as YAML.
package enum YAMLFile {
    /// A file's one document. Throws `RecordError` that names the file, the line where it cannot be read, and what is wrong.
    package static func read<Value: Decodable>(_ type: Value.Type = Value.self, from file: URL, hint: String? = nil) throws -> Value {
        let text = String(decoding: try Data(reading: file), as: UTF8.self)
        let way = hint.map { "; " + $0 } ?? ""
        do {
            // A file of comments alone has no document: it sets nothing.
            return try YAMLDecoder().decode(type, from: Yams.compose(yaml: text) == nil ? "{}" : text)
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

    /// The keys of a file's mapping in their order, each with its line, from 1.
    package static func keys(in file: URL) throws -> [(name: String, line: Int)] {
        let text = String(decoding: try Data(reading: file), as: UTF8.self)
        return ((try? Yams.compose(yaml: text))?.mapping ?? [:]).compactMap { key, _ in
            guard let name = key.string, let mark = key.mark else { return nil }
            return (name, mark.line)
        }
    }

    /// Throws `RecordError.malformed` that names the line and the nearest known key where a mapping, or one inside it, has another key.
    ///
    /// - Parameter known: paths of keys, `teacher.system` for one inside another.
    package static func refuseKeys(in file: URL, otherThan known: Set<String>) throws {
        let text = String(decoding: try Data(reading: file), as: UTF8.self)
        guard let mapping = (try? Yams.compose(yaml: text))?.mapping else { return }
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

    /// The reason with the line before it: ":3: …".
    private static func reason(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            ":\(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            ":\(context.mark.line): \(keys.joined(separator: ", ")) stands twice"
        default: ": \(error)"
        }
    }
}
