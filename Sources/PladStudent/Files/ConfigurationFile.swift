package import Foundation
package import PladRecords

/// A `config.json` or `generation_config.json`: values by key, with errors that name file and key.
package struct ConfigurationFile {
    /// Path of the file, as errors name it.
    package let path: String
    /// Text of the file; members that plad does not change are written back unchanged.
    package let text: String
    package let values: JSONValue

    /// Reads the file. Throws `StudentError.files` if it is missing, `.config` if it is not a JSON object.
    package init(contentsOf file: URL) throws {
        let data: Data
        do {
            data = try Data(reading: file)
        } catch let error as RecordError {
            throw StudentError(
                .files, "\(error.message); a student is a Hugging Face folder with config.json, model.safetensors and tokenizer.json")
        }
        try self.init(data, path: file.path)
    }

    init(_ data: Data, path: String) throws {
        self.path = path
        text = String(decoding: data, as: UTF8.self)
        if let reason = ForeignFormat.reason(data) { throw StudentError(.config, "\(path) \(reason)") }
        do {
            values = try JSONValue(parsing: data)
        } catch let error as RecordError {
            throw StudentError(.config, "\(path): \(error.message)")
        }
        guard values.object != nil else { throw StudentError(.config, "\(path): not a JSON object") }
    }

    /// The value of a key, or nil if it is absent or null.
    func value(_ key: String) -> JSONValue? {
        switch values[key] {
        case .none, .null: nil
        case .some(let value): value
        }
    }

    func refuse(_ key: String, _ problem: String) -> StudentError {
        let found = values[key].map { " (\($0.canonical))" } ?? ""
        return StudentError(.config, "\(path): \"\(key)\"\(found) \(problem)")
    }

    /// A whole number from 1 to `limit`.
    func count(_ key: String, default fallback: Int? = nil, limit: Int = 1 << 24) throws -> Int {
        guard let value = value(key) else {
            if let fallback { return fallback }
            throw refuse(key, "is missing")
        }
        guard let number = value.int, (1...limit).contains(number) else {
            throw refuse(key, "is not a whole number from 1 to \(limit)")
        }
        return number
    }

    /// A finite number greater than 0.
    func positive(_ key: String, default fallback: Double? = nil) throws -> Double {
        guard let value = value(key) else {
            if let fallback { return fallback }
            throw refuse(key, "is missing")
        }
        guard let number = value.double, number > 0, number.isFinite else { throw refuse(key, "is not a number above 0") }
        return number
    }

    func flag(_ key: String, default fallback: Bool) throws -> Bool {
        guard let value = value(key) else { return fallback }
        guard let flag = value.bool else { throw refuse(key, "is neither true nor false") }
        return flag
    }

    func string(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard let string = value.string else { throw refuse(key, "is not a string") }
        return string
    }

    /// One token id or a list of them, each below `vocabularySize`; empty if the key is absent.
    func tokens(_ key: String, vocabularySize: Int) throws -> [TokenID] {
        guard let value = value(key) else { return [] }
        return try (value.array ?? [value]).map { element in
            guard let id = element.int, (0..<vocabularySize).contains(id) else {
                throw refuse(key, "is not a token id below the vocabulary's \(vocabularySize)")
            }
            return TokenID(id)
        }
    }

    /// An object inside this one, wrapped as a file whose errors name both.
    func section(_ key: String) throws -> ConfigurationFile? {
        guard let value = value(key) else { return nil }
        guard value.object != nil else { throw refuse(key, "is not an object") }
        return ConfigurationFile(path: "\(path): \(key)", text: "", values: value)
    }

    /// The same values with another text.
    func with(text: String) -> ConfigurationFile { ConfigurationFile(path: path, text: text, values: values) }

    private init(path: String, text: String, values: JSONValue) {
        self.path = path
        self.text = text
        self.values = values
    }
}
