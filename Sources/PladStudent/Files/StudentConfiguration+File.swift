package import Foundation

extension StudentConfiguration {
    /// Reads a `config.json` from memory. Throws `StudentError.config` with `path` and the key.
    package init(parsing data: Data, path: String) throws {
        let file = try ConfigurationFile(data, path: path)
        self = try ModelFamily.named(by: file).configuration(file)
    }
}
