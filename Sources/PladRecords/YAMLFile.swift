package import Foundation
import Yams

/// Settings that a person writes, as YAML.
package enum YAMLFile {
    /// A file's one document. Throws `RecordError` that names the file and what is wrong with it.
    package static func read<Value: Decodable>(_ type: Value.Type = Value.self, from file: URL) throws -> Value {
        let text = String(decoding: try Data(reading: file), as: UTF8.self)
        do {
            return try YAMLDecoder().decode(type, from: text)
        } catch let error as DecodingError {
            throw RecordError(.malformed, "\(file.path): \(error.reason)")
        } catch let failure as any Failure {
            throw failure
        } catch {
            throw RecordError(.malformed, "\(file.path): \(error)")
        }
    }
}
