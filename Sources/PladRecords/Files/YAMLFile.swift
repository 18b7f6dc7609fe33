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
