package import PladRecords

/// The means of many pairs' ROUGE scores, with their 95 % intervals.
package struct RougeSummary: Sendable {
    /// One measure's precision, recall and F.
    package struct Row: Sendable {
        package let name: String
        package let precision: Estimate
        package let recall: Estimate
        package let f: Estimate
    }

    package let rows: [Row]

    package init(of scores: [Rouge], bootstrap: Bootstrap) {
        let columns = Rouge.measures.flatMap { measure in
            [\RougeScore.precision, \.recall, \.f].map { part in scores.map { $0[keyPath: measure.score][keyPath: part] } }
        }
        let means = bootstrap.means(of: columns)
        rows = Rouge.measures.enumerated().map { index, measure in
            Row(name: measure.name, precision: means[3 * index], recall: means[3 * index + 1], f: means[3 * index + 2])
        }
    }
}

extension Rouge {
    /// The measures by their names in `rouge_score`.
    package static var measures: [(name: String, score: KeyPath<Rouge, RougeScore>)] {
        [("rouge1", \.rouge1), ("rouge2", \.rouge2), ("rougeL", \.rougeL), ("rougeLsum", \.rougeLsum)]
    }
}
