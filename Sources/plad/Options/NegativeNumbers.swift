/// Turns `--margin -1` into `--margin=-1`: ArgumentParser takes every word with a dash for a flag, and no flag of plad is a number.
enum NegativeNumbers {
    static func joined(to arguments: [String]) -> [String] {
        var joined: [String] = []
        var isOver = false
        for argument in arguments {
            if let flag = joined.last, !isOver, flag.hasPrefix("--"), flag != "--", !flag.contains("="), isNegativeNumber(argument) {
                joined[joined.count - 1] = "\(flag)=\(argument)"
            } else {
                joined.append(argument)
            }
            // What follows a lone "--" is no flag.
            if argument == "--" { isOver = true }
        }
        return joined
    }

    private static func isNegativeNumber(_ text: String) -> Bool {
        text.hasPrefix("-") && Double(text) != nil && text.dropFirst().first.map { $0.isNumber || $0 == "." } == true
    }
}
