import Yams

/// Counts what a document stands for, its aliases written out, until a bound is passed.
struct YAMLMeasure {
    /// The keys of a mapping, those that it merges included.
    private struct Keys {
        var count = 0
        var bytes = 0

        static func + (a: Keys, b: Keys) -> Keys { Keys(count: a.count + b.count, bytes: a.bytes + b.bytes) }
    }

    private var values = YAMLFile.mostValues
    private var bytes = YAMLFile.mostTextBytes
    /// Bytes of keys that are still to be compared: the parser looks for each key among all of its mapping.
    private var comparisons = YAMLFile.mostCompared
    /// Passed bound, in words; nil for none.
    private(set) var excess: String?

    init(_ document: Node) {
        _ = keys(of: document, depth: 0)
    }

    /// The keys of a node that is merged into a mapping; those of a list are those of its elements.
    private mutating func keys(of node: Node, depth: Int) -> Keys {
        values -= 1
        guard excess == nil, values >= 0, depth <= YAMLFile.deepest else {
            excess = excess ?? "more than \(YAMLFile.mostValues) values, or nests them deeper than \(YAMLFile.deepest)"
            return Keys()
        }
        switch node {
        case .alias: return Keys()
        case .scalar(let scalar):
            bytes -= scalar.string.utf8.count
            if bytes < 0 { excess = "more than \(YAMLFile.mostTextBytes) bytes of text" }
            return Keys()
        case .sequence(let sequence):
            var keys = Keys()
            for element in sequence where excess == nil { keys = keys + self.keys(of: element, depth: depth + 1) }
            return keys
        case .mapping(let mapping):
            var keys = Keys()
            for (key, value) in mapping where excess == nil {
                _ = self.keys(of: key, depth: depth + 1)
                let merged = self.keys(of: value, depth: depth + 1)
                let name = key.scalar?.string
                keys = keys + (name == "<<" ? merged : Keys(count: 1, bytes: 8 + (name?.utf8.count ?? 0)))
            }
            comparisons -= min(keys.count * keys.bytes, YAMLFile.mostCompared + 1)
            if comparisons < 0 { excess = excess ?? "more keys than plad compares with each other, some 2000 in one mapping" }
            return keys
        }
    }
}
