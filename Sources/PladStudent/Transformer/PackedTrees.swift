import PladRecords
import PladTensor

/// Trees laid out as the rows of one matrix, without padding.
///
/// Rows that predict nothing (each prompt but its last token) come first, so that the last layer and the head can skip them; then, tree
/// by tree, the prompt's last row and the rows of its continuations.
struct PackedTrees {
    /// A token to predict: `number` counts all tokens of all continuations in order.
    struct Target {
        var token: TokenID
        var number: Int
        /// Index of its continuation, counted over all trees.
        var continuation: Int
    }

    private(set) var trees: [TreeRows] = []
    /// Token id of each row.
    private(set) var ids: [TokenID] = []
    private(set) var positions: [Int32] = []
    /// Index of the first row that predicts.
    private(set) var firstPredicting = 0
    /// Targets in order: those of predicting row `firstPredicting + r` are `targets[targetStart[r]..<targetStart[r + 1]]`.
    private(set) var targets: [Target] = []
    private(set) var targetStart: [Int] = [0]

    var rowCount: Int { ids.count }
    var predictingCount: Int { ids.count - firstPredicting }
    var depth: Int { trees.map(\.depth).max() ?? 0 }

    /// - Precondition: every prompt and continuation has a token.
    init(_ source: [PromptTree]) {
        for tree in source {
            ids += tree.prompt.dropLast()
            positions += (0..<Int32(tree.prompt.count - 1))
        }
        firstPredicting = ids.count
        var body = 0
        var (number, continuation) = (0, 0)
        for tree in source {
            let (prompt, stem) = (tree.prompt.count, ids.count)
            ids.append(tree.prompt[prompt - 1])
            positions.append(Int32(prompt - 1))
            var first = number
            for (index, tokens) in tree.continuations.enumerated() {
                targets.append(Target(token: tokens[0], number: first, continuation: continuation + index))
                first += tokens.count
            }
            targetStart.append(targets.count)
            var branches: [Range<Int>] = []
            for tokens in tree.continuations {
                let start = ids.count
                for index in 1..<max(tokens.count, 1) {
                    ids.append(tokens[index - 1])
                    positions.append(Int32(prompt + index - 1))
                    targets.append(Target(token: tokens[index], number: number + index, continuation: continuation))
                    targetStart.append(targets.count)
                }
                branches.append(start..<ids.count)
                number += tokens.count
                continuation += 1
            }
            trees.append(TreeRows(promptRows: body..<body + prompt - 1, lastPromptRow: stem, continuationRows: branches))
            body += prompt - 1
        }
    }

    /// Packs whole texts for an encoder, one after the other. All rows count as predicting, since the decoder reads all of them.
    ///
    /// - Precondition: every text has a token.
    init(texts: [[TokenID]]) {
        for text in texts {
            let first = ids.count
            ids += text
            positions += (0..<Int32(text.count))
            trees.append(TreeRows(promptRows: first..<ids.count - 1, lastPromptRow: ids.count - 1, continuationRows: []))
        }
    }

    /// A move of rows from one packing to another.
    struct Move: Equatable {
        var from: Int
        var to: Int
        var count: Int
    }

    /// Moves from these rows to those of `kept`, which packs the same trees without some continuations and trees.
    ///
    /// Both source and target of the moves ascend, and no move overwrites a later source, so that memory can be compacted in place.
    /// - Parameter keeping: true for the continuations to keep, [tree][continuation]; a tree without any is not in `kept`.
    func moves(to kept: PackedTrees, keeping: [[Bool]]) -> [Move] {
        var bodies: [Move] = []
        var tails: [Move] = []
        var target = kept.trees.makeIterator()
        for (tree, keeps) in zip(trees, keeping) where keeps.contains(true) {
            let place = target.next()!
            bodies.append(Move(from: tree.promptRows.lowerBound, to: place.promptRows.lowerBound, count: tree.promptRows.count))
            tails.append(Move(from: tree.lastPromptRow, to: place.lastPromptRow, count: 1))
            let branches = zip(tree.continuationRows, keeps).filter(\.1).map(\.0)
            for (branch, to) in zip(branches, place.continuationRows) {
                tails.append(Move(from: branch.lowerBound, to: to.lowerBound, count: branch.count))
            }
        }
        return (bodies + tails).filter { $0.count > 0 }.sorted { $0.from < $1.from }
    }
}
