import PladRecords

/// The curves of one part of training: warm-up, or all rounds of ranking together.
struct TrainingView {
    struct Plot {
        let heading: String
        let meaning: String
        let markup: String
    }

    let name: String
    let steps: String
    /// Reason of an early end, if training collapsed.
    let collapse: String?
    /// Note on the number of steps that each point averages, if there are too many to draw.
    let thinning: String?
    let plots: [Plot]

    /// The parts of training in order; consecutive rounds of ranking are one part.
    static func groups(of log: [TrainingStep]) -> [TrainingView] {
        var groups: [(name: String, steps: [TrainingStep])] = []
        for step in log {
            let name = step.phase.hasPrefix("round-") ? "Ranking" : step.phase == "warm-up" ? "Warm-up" : step.phase
            if groups.last?.name == name { groups[groups.count - 1].steps.append(step) } else { groups.append((name, [step])) }
        }
        return groups.map { TrainingView($0.name, $0.steps) }
    }

    private init(_ name: String, _ log: [TrainingStep]) {
        self.name = name
        steps = Numbers.count(log.count) + (log.count == 1 ? " step" : " steps")
        var phases: [(x: Double, name: String)] = []
        for (index, step) in log.enumerated() where index == 0 || log[index - 1].phase != step.phase {
            phases.append((Double(index + 1), step.phase.replacing("-", with: " ")))
        }
        func curve(_ name: String, _ value: (TrainingStep) -> Double?) -> Curve {
            Curve(name, log.enumerated().map { (x: Double($0.offset + 1), y: value($0.element)) })
        }
        let loss = curve("loss") { $0.loss }
        collapse = log.compactMap(\.collapse).last
        thinning = loss.stride > 1 ? Numbers.count(loss.stride) : nil
        let chosen = curve("chosen") { $0.chosenLogProbability }
        let rejected = curve("rejected") { $0.rejectedLogProbability }
        let lengths = [curve("chosen") { $0.chosenTokens }, curve("rejected") { $0.rejectedTokens }]
        let gap = curve("gap") { step in step.rejectedLogProbability.map { step.chosenLogProbability - $0 } }
        let plots: [(LinePlot, String)] = [
            (LinePlot(title: "Loss", curves: [loss]), "What the optimiser minimises."),
            (
                LinePlot(title: "Log-probability", curves: rejected.points.isEmpty ? [chosen] : [chosen, rejected]),
                rejected.points.isEmpty
                    ? "Of the teacher’s text, nats, mean of the batch."
                    : "Sums over a completion, nats, mean of the batch. Both falling together is collapse."
            ),
            (LinePlot(title: "Gap", curves: [gap]), "Chosen minus rejected log-probability, nats."),
            (
                LinePlot(title: "Pairs ranked right", curves: [curve("share") { $0.accuracy }], limits: 0...1),
                "Share of the batch whose chosen side has the higher score."
            ),
            (
                LinePlot(title: "Length", curves: lengths.filter { !$0.points.isEmpty }),
                "Tokens of a completion, mean of the batch."
            ),
            (
                LinePlot(title: "Length of completions", curves: [curve("ratio") { $0.probe?.lengthRatio }]),
                "Of greedy completions of a few training prompts, over the chosen texts’."
            ),
            (
                LinePlot(title: "Repetition", curves: [curve("share") { $0.probe?.repetition }], limits: 0...1),
                "Share of runs of four tokens in those completions that occurred before."
            ),
            (LinePlot(title: "Gradient norm", curves: [curve("norm") { $0.gradientNorm }]), "L2, before clipping."),
            (LinePlot(title: "Learning rate", curves: [curve("rate") { $0.learningRate }]), "By step."),
        ]
        self.plots = plots.compactMap { plot, meaning in
            var plot = plot
            plot.phases = phases
            return plot.isEmpty ? nil : Plot(heading: plot.title, meaning: meaning, markup: plot.markup())
        }
    }
}
