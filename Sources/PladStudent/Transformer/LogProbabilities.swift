import PladRecords
import PladTensor

extension Model {
    /// Log-probabilities of every continuation's tokens in one pass: [tree][continuation][token].
    func logProbabilities(of trees: [PromptTree], _ pass: Pass, keeping: Bool) -> [[[Float]]] {
        let batch = Batch(trees, configuration)
        var results = [Float](repeating: 0, count: batch.decoder.targets.count)
        forward(batch, pass, keeping: keeping)
        results.withUnsafeMutableBufferPointer { results in
            if let start = results.baseAddress { headForward(batch, pass, into: start) }
        }
        var next = 0
        return trees.map { tree in
            tree.continuations.map { tokens in
                defer { next += tokens.count }
                return Array(results[next..<next + tokens.count])
            }
        }
    }
}

extension Student {
    /// Largest number of rows in one pass without gradients, unless a single tree has more.
    private static let passRows = 2048

    /// Log-probabilities in nats, [tree][continuation][token], without gradients; memory is bounded whatever the number of trees.
    ///
    /// Throws `StudentError.context` if a tree holds an id outside the vocabulary or exceeds the context, `.files` if the weights are
    /// in a file that was overwritten.
    package func logProbabilities(of trees: [PromptTree]) throws -> [[[Float]]] {
        try check(trees)
        var results: [[[Float]]] = []
        results.reserveCapacity(trees.count)
        var start = 0
        while start < trees.count {
            var (end, rows) = (start + 1, trees[start].rows)
            while end < trees.count, rows + trees[end].rows <= Self.passRows {
                rows += trees[end].rows
                end += 1
            }
            results += model.logProbabilities(of: Array(trees[start..<end]), passing, keeping: false)
            start = end
        }
        try weights.requireUnchanged()
        return results
    }

    /// Throws `StudentError.context` with the tree's index (from 0) and the numbers.
    func check(_ trees: [PromptTree]) throws {
        for (number, tree) in trees.enumerated() {
            guard !tree.prompt.isEmpty else { throw StudentError(.context, "tree \(number): the prompt has no tokens") }
            guard tree.prompt.count <= configuration.contextLength else {
                throw StudentError(
                    .context,
                    "tree \(number): the prompt's \(tree.prompt.count) tokens exceed the context of \(configuration.contextLength)")
            }
            try check(tree.prompt) { "tree \(number): prompt" }
            for (index, tokens) in tree.continuations.enumerated() {
                guard !tokens.isEmpty else { throw StudentError(.context, "tree \(number): continuation \(index) has no tokens") }
                guard configuration.fits(prompt: tree.prompt.count, completion: tokens.count) else {
                    throw StudentError(
                        .context,
                        "tree \(number): \(tree.prompt.count) prompt tokens and \(tokens.count) of continuation \(index) exceed the context of \(configuration.contextLength)"
                    )
                }
                try check(tokens) { "tree \(number): continuation \(index)" }
            }
        }
    }

    /// Throws `StudentError.context` if an id is outside the vocabulary.
    func check(_ ids: [TokenID], place: () -> String) throws {
        if let index = ids.firstIndex(where: { $0 < 0 || $0 >= configuration.vocabularySize }) {
            throw StudentError(
                .context, "\(place()): token \(index): id \(ids[index]) is outside the vocabulary of \(configuration.vocabularySize)")
        }
    }
}
