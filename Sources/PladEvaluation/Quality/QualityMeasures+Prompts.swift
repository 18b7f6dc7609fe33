import PladRecords

extension StudentMeasurements {
    /// The quality of its completions and samples; nil if no quality is defined.
    func quality(_ bootstrap: Bootstrap) -> QualityMeasures? {
        guard let by = prompts.lazy.compactMap(\.qualityBy).first else { return nil }
        var measures = qualityMeasures(by) { bootstrap.estimate(of: self[$0]) }
        measures.samples = prompts.lazy.compactMap { $0.own?.count }.first
        measures.auroc = Discrimination(prompts).map { discrimination in
            bootstrap.estimate(prompts: prompts.count, count: discrimination.count) { discrimination.auroc(times: $0) }
        }
        measures.riskCoverage = RiskCoverage(of: prompts)
        return measures
    }

    /// The difference in quality from another student; nil if completions were ranked only among a student's own.
    func quality(minus baseline: StudentMeasurements, _ bootstrap: Bootstrap) -> QualityMeasures? {
        guard let by = prompts.lazy.compactMap(\.qualityBy).first, QualityKind(rawValue: by)?.isRelative != true else { return nil }
        let columns = Set(Column.allCases.filter { isMeasured($0) && baseline.isMeasured($0) })
        guard columns.contains(.quality) else { return nil }
        return qualityMeasures(by) { columns.contains($0) ? bootstrap.difference(of: self[$0], from: baseline[$0]) : nil }
    }

    private func qualityMeasures(_ by: String, _ estimate: (Column) -> Estimate?) -> QualityMeasures {
        func measured(_ column: Column) -> Estimate? { isMeasured(column) ? estimate(column) : nil }
        var measures = QualityMeasures(by: by, greedy: estimate(.quality) ?? Estimate(mean: 0, low: 0, high: 0, count: 0))
        (measures.sample, measures.best, measures.passAtN) = (measured(.sampleQuality), measured(.bestQuality), measured(.passAtN))
        (measures.beam4, measures.beam8) = (measured(.beam4), measured(.beam8))
        (measures.likeliestBySum, measures.likeliestByMean) = (measured(.likeliestBySum), measured(.likeliestByMean))
        return measures
    }
}

extension HeldOutMeasurement {
    /// Least quality that counts as fully right, with a margin for rounding.
    package static let right = 1 - 1e-9

    /// Every measure of quality of this prompt; empty if it has none.
    var qualityRatios: [(StudentMeasurements.Column, Ratio)] {
        let known = (own ?? []).compactMap { sample in sample.quality.map { (sample: sample, quality: $0) } }
        func ratio(_ value: Double?) -> Ratio { value.map { Ratio($0) } ?? Ratio(0, of: 0) }
        let best = known.map(\.quality).max()
        func beam(_ width: Int) -> Ratio { ratio(beams?.first { $0.width == width }?.quality) }
        return [
            (.quality, ratio(quality)),
            (.sampleQuality, Ratio(known.reduce(0) { $0 + $1.quality }, of: Double(known.count))),
            (.likeliestBySum, ratio(known.firstMaximum { $0.sample.logProbability }?.quality)),
            (.likeliestByMean, ratio(known.firstMaximum { $0.sample.logProbabilityPerToken }?.quality)),
            (.bestQuality, ratio(best)),
            (.passAtN, ratio(best.map { $0 >= Self.right ? 1 : 0 })),
            (.beam4, beam(4)), (.beam8, beam(8)),
        ]
    }
}

extension Array {
    /// The element with the greatest value, the first of several.
    fileprivate func firstMaximum(_ value: (Element) -> Double) -> Element? {
        enumerated().max { a, b in
            let (left, right) = (value(a.element), value(b.element))
            return left != right ? left < right : a.offset > b.offset
        }?.element
    }
}
