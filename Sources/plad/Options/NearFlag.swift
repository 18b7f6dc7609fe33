/// The flag that is meant by one that a command does not have: only one of that command, and only where it is near.
enum NearFlag {
    /// The parser's complaint of an unknown flag with the near one in the place of the parser's suggestion, which may be far.
    ///
    /// Where a flag is missing that must be given, an unknown one that is given is told first: it may be the same, mistyped.
    /// Any other complaint comes back as it is.
    /// - Parameters:
    ///   - given: the flags on the command line.
    ///   - help: the help of the command that was called.
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

    /// The flag to which the fewest slips of a hand lead: at most one from a name of two to four letters, two from a longer one, more
    /// where they are a third of its letters or less. Nil where none is so near, and for a single letter.
    static func nearest(to given: String, among flags: [String]) -> String? {
        let most = given.count < 5 ? min(1, given.count - 1) : max(2, given.count / 3)
        return flags.map { (slips: slips(from: Array(given), to: Array($0)), flag: $0) }.filter { $0.slips <= most }.min { $0 < $1 }?.flag
    }

    /// The fewest letters put in, left out, changed, or exchanged with their neighbour (optimal string alignment).
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
