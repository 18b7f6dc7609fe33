import PladTraining

/// Help text about losses and their parameters, made from the losses themselves.
enum LossHelp {
    /// Names of the losses, grouped by their inputs.
    static var names: String {
        let (groups, others) = (Losses.all.filter { $0.reads.contains(.group) }, Losses.all.filter { !$0.reads.contains(.group) })
        let pairs = others.filter { $0.ranks }
        let alone = others.filter { !$0.ranks }
        return "The loss: \(joined(pairs, "or")) of pairs; \(joined(groups, "or")) of all samples of a prompt; \(joined(alone, "or")) is "
            + "likelihood alone."
    }

    /// Losses that have a parameter, with its default in each: "rank and list 1; simpo 2".
    static func defaults(_ parameter: LossParameter) -> String {
        let takers = Losses.all.filter { $0.defaults.values[parameter] != nil }
        let values = takers.reduce(into: [Double]()) { values, loss in
            if !values.contains(loss.defaults[parameter]) { values.append(loss.defaults[parameter]) }
        }
        return values.map { value in "\(joined(takers.filter { $0.defaults[parameter] == value }, "and")) \(number(value))" }
            .joined(separator: "; ")
    }

    /// Losses that are defined by the mean.
    static var byTheMean: String { joined(Losses.all.filter { $0.norms == [.mean] }, "and") }

    private static func number(_ value: Double) -> String { value == value.rounded() ? String(Int(value)) : String(value) }

    private static func joined(_ losses: [any Loss.Type], _ word: String) -> String {
        let names = losses.map { $0.name }
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return "\(names.dropLast().joined(separator: ", ")) \(word) \(last)"
    }
}
