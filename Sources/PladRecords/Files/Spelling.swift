/// Finds the known name that a misspelled one was probably meant to be.
package enum Spelling {
    /// The known name that differs only in case, `_` and `-`, or in at most two letters; nil if there is none.
    package static func nearest(to name: String, among known: some Collection<String>) -> String? {
        let wanted = plain(name)
        let best = known.map { (name: $0, distance: distance(wanted, plain($0))) }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return best.flatMap { $0.distance <= min(2, wanted.count / 2) ? $0.name : nil }
    }

    private static func plain(_ name: String) -> [Character] { name.lowercased().filter { $0 != "_" && $0 != "-" }.map { $0 } }

    /// The number of letters to insert, remove or replace (Levenshtein distance).
    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                (diagonal, row[j + 1]) = (row[j + 1], min(diagonal + (letter == other ? 0 : 1), row[j] + 1, row[j + 1] + 1))
            }
        }
        return row[b.count]
    }
}
