/// The flow of the prompts through the run: how many reached each stage, the drops and their reasons, and the times.
struct DataView {
    struct Reason {
        let stage: String
        let state: String
        let meaning: String
        let number: String
        let sample: String
    }

    let funnel: String?
    let times: String?
    let dropped: String?
    let reasons: [Reason]

    /// Nil if nothing of it was recorded.
    init?(_ input: ReportInput) {
        guard !(input.funnel.isEmpty && input.drops.isEmpty && input.stages.isEmpty) else { return nil }
        let all = input.funnel.first?.count ?? 0
        funnel =
            input.funnel.isEmpty
            ? nil
            : BarPlot(
                title: "From prompts to pairs",
                rows: input.funnel.map { (name: $0.name, value: Double($0.count), text: Self.text($0.count, of: all)) }
            ).markup()
        let stages = input.stages.filter { $0.seconds.isFinite && $0.seconds >= 0 }
        times =
            stages.isEmpty
            ? nil
            : BarPlot(
                title: "Time by stage",
                rows: stages.map { (name: $0.name, value: $0.seconds, text: Numbers.duration(seconds: $0.seconds)) }
            ).markup()
        dropped = input.drops.isEmpty ? nil : Numbers.count(input.drops.count)
        let groups = Dictionary(grouping: input.drops) { Key(stage: $0.stage, state: $0.state, kind: $0.kind ?? "") }
        reasons = groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { key, drops in
            Reason(
                stage: key.stage, state: key.kind.isEmpty ? key.state : "\(key.state): \(key.kind)", meaning: drops[0].meaning,
                number: Numbers.count(drops.count),
                sample: "\(drops[0].id): \(drops[0].detail)".clipped(toEscaped: 200))
        }
    }

    private struct Key: Hashable, Comparable {
        let stage: String
        let state: String
        let kind: String

        static func < (left: Key, right: Key) -> Bool {
            (left.stage, left.state, left.kind) < (right.stage, right.state, right.kind)
        }
    }

    /// The text of a count with its share of all, unless it exceeds all, as several samples a prompt do.
    private static func text(_ count: Int, of all: Int) -> String {
        guard count < all else { return Numbers.count(count) }
        // Rounded down: what is not all is never shown as 100 %.
        let share = (1000 * Double(count) / Double(all)).rounded(.down) / 10
        return "\(Numbers.count(count)) (\(Numbers.fixed(share, 1)) %)"
    }
}
