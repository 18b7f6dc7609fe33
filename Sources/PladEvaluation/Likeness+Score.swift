package import PladRecords

extension SimilarityMetric {
    package init(toTexts references: some Sequence<String>) {
        self.init(rougeReads: Rouge.readableShare(of: references))
    }

    /// The similarity in [0, 1], 1 for equal texts.
    package func score(reference: String, candidate: String) -> Double {
        switch self {
        case .rougeL: RougeL.score(reference: reference, candidate: candidate).f
        case .chrF: ChrF(reference: reference, candidate: candidate).score
        }
    }
}

extension Rouge {
    /// The share of the texts' letters and digits that ROUGE reads, a-z and 0-9; 1 if there are none.
    package static func readableShare(of texts: some Sequence<String>) -> Double {
        var (read, all) = (0, 0)
        for scalar in texts.lazy.flatMap(\.unicodeScalars) where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
            all += 1
            if scalar.isASCII { read += 1 }
        }
        return all == 0 ? 1 : Double(read) / Double(all)
    }
}
