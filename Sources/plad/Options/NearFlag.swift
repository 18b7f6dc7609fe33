/// Suggests the flag that an unknown one probably means, among those of the command, if one is near.
enum NearFlag {
    /// The parser's error about an unknown flag, with the nearest flag in place of the parser's suggestion, which may be far.
    ///
    /// If a required flag is missing, an unknown one that is given is reported first: it may be the same, mistyped. Any other error is
    /// returned unchanged.
    /// - Parameters:
    ///   - given: flags on the command line.
    ///   - help: help of the command that was called.
    static func suggested(in complaint: String, given: GivenFlags, help: @autoclosure () -> String) -> String {
        let isOfMissing = complaint.hasPrefix("Missing expected argument")
        guard isOfMissing || complaint.hasPrefix("Unknown option") else { return complaint }
        let flags = help().matches(of: /(?m)^ +(?:-\w, )?--([a-z0-9-]+)/).map { String($0.1) }
        guard
            let unknown = isOfMissing
                ? given.first(notIn: flags).map({ "--" + $0 }) : complaint.firstMatch(of: /'([^']+)'/).map({ String($0.1) })
        else { return complaint }
        let near = nearest(to: String(unknown.trimmingPrefix(/-+/)), among: flags)
        return "Unknown option '\(unknown)'" + (near.map { ". Did you mean '--\($0)'?" } ?? "")
    }

    /// The flag with the smallest edit distance: at most one for a name of two to four letters, and for a longer one at most two, or a
    /// third of its letters. Nil if there is none, and for a single letter.
    static func nearest(to given: String, among flags: [String]) -> String? {
        let most = given.count < 5 ? min(1, given.count - 1) : max(2, given.count / 3)
        return flags.map { (slips: slips(from: Array(given), to: Array($0)), flag: $0) }.filter { $0.slips <= most }.min { $0 < $1 }?.flag
    }

    /// The edit distance: letters inserted, removed, replaced, or swapped with their neighbour (optimal string alignment).
    private static func slips(from left: [Character], to right: [Character]) -> Int {
        var rows = [Array(0...right.count)]
        for (i, letter) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
