package import PladHTTP

extension Credential {
    /// The key in `PLAD_API_KEY`, else in the variable of the dialect's own; nil where neither is set.
    package init?(environment: [String: String], for dialect: some Dialect) throws {
        let variables = ["PLAD_API_KEY", dialect.keyVariable]
        guard let name = variables.first(where: { environment[$0]?.isEmpty == false }) else { return nil }
        try self.init(environment[name] ?? "", source: name)
    }
}
