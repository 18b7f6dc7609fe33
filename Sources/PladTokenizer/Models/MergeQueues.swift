import PladRecords

/// Merges one long word at once, in linear time: a linked list of symbols and queues of merges, from which outdated entries are
/// skipped.
final class MergeQueues {
    private let buckets: MergeBuckets
    /// Merge of the symbol at each position with the next one.
    private var merges: [UInt64] = []
    private var links: [Link] = []

    private struct Link {
        var previous: Int32
        var next: Int32
    }

    init(ranks: Int) {
        buckets = MergeBuckets(ranks: ranks)
    }

    /// Merges `count` symbols until no rule applies, always by the rule of the lowest rank at its leftmost place; moves the resulting
    /// tokens to the front and returns their number.
    func merge(_ symbols: UnsafeMutablePointer<TokenID>, count: Int, by table: MergeTable) -> Int {
        buckets.reset(symbols: count)
        links.removeAll(keepingCapacity: true)
        merges.removeAll(keepingCapacity: true)
        for position in 0..<count {
            let merge = position + 1 < count ? table.merge(symbols[position], symbols[position + 1]) : Merge.none
            links.append(Link(previous: Int32(position - 1), next: Int32(position + 1)))
            merges.append(merge)
            if merge != Merge.none { buckets.push(rank: Merge.rank(merge), position: position) }
        }
        links.withUnsafeMutableBufferPointer { links in
            merges.withUnsafeMutableBufferPointer { merges in
                sweep(symbols, count: count, merges.baseAddress!, links.baseAddress!, table)
            }
        }
        var left = 0
        var position = 0
        while position < count {
            symbols[left] = symbols[position]
            left += 1
            position = Int(links[position].next)
        }
        return left
    }

    private func sweep(
        _ symbols: UnsafeMutablePointer<TokenID>, count: Int, _ merges: UnsafeMutablePointer<UInt64>, _ links: UnsafeMutablePointer<Link>,
        _ table: MergeTable
    ) {
        func look(_ position: Int, _ next: Int) {
            merges[position] = table.merge(symbols[position], symbols[next])
            if merges[position] != Merge.none { buckets.push(rank: Merge.rank(merges[position]), position: position) }
        }
        while let (rank, at) = buckets.pop(inOrder: table.joinsEquals) {
            let merge = merges[at]
            guard merge != Merge.none, Merge.rank(merge) == rank else { continue }
            symbols[at] = Merge.id(merge)
            let removed = Int(links[at].next)
            let following = Int(links[removed].next)
            let before = Int(links[at].previous)
            merges[removed] = Merge.none
            links[at].next = Int32(following)
            merges[at] = Merge.none
            if following < count {
                links[following].previous = Int32(at)
                look(at, following)
            }
            if before >= 0 { look(before, at) }
        }
    }
}
