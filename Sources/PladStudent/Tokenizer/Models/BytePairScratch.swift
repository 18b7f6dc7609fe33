import PladRecords

/// The working memory of one byte-pair encoder: a word's symbols while they are merged.
final class BytePairScratch {
    let cache = WordCache()
    /// The word's symbols, by position.
    private(set) var symbols: UnsafeMutablePointer<TokenID>
    /// The merge of the symbol at each position with the next one.
    private(set) var merges: UnsafeMutablePointer<UInt64>
    private var capacity = 256
    /// Neighbours of each position, and the queues of merges, for long words.
    private var links: [Link] = []
    private var queues: MergeBuckets?

    private struct Link {
        var previous: Int32
        var next: Int32
    }

    init() {
        symbols = .allocate(capacity: capacity)
        merges = .allocate(capacity: capacity)
    }

    deinit {
        symbols.deallocate()
        merges.deallocate()
    }

    /// Makes room for this many symbols; those already there are lost.
    func reserve(_ count: Int) {
        guard count > capacity else { return }
        symbols.deallocate()
        merges.deallocate()
        capacity = max(count, capacity * 2)
        symbols = .allocate(capacity: capacity)
        merges = .allocate(capacity: capacity)
    }

    /// Merges the first `count` symbols until no rule applies, always the rule of the lowest rank, the leftmost
    /// of those, and appends what is left.
    func merge(count: Int, by table: MergeTable, into ids: inout [TokenID]) {
        guard count > 0 else { return }
        for position in 0..<count - 1 { merges[position] = table.merge(symbols[position], symbols[position + 1]) }
        merges[count - 1] = Merge.none
        // Measured: queues are faster from about 50 symbols on.
        let left = count <= 48 ? mergeByScanning(count, table) : mergeByQueues(count, table)
        ids.append(contentsOf: UnsafeBufferPointer(start: symbols, count: left))
    }

    /// Quadratic, but without any bookkeeping.
    private func mergeByScanning(_ count: Int, _ table: MergeTable) -> Int {
        var count = count
        let (symbols, merges) = (symbols, merges)
        while count > 1 {
            var best = Merge.none
            var at = 0
            for position in 0..<count - 1 where merges[position] < best {
                best = merges[position]
                at = position
            }
            if best == Merge.none { break }
            symbols[at] = Merge.id(best)
            for position in at + 1..<count - 1 {
                symbols[position] = symbols[position + 1]
                merges[position] = merges[position + 1]
            }
            count -= 1
            merges[at] = at + 1 < count ? table.merge(symbols[at], symbols[at + 1]) : Merge.none
            if at > 0 { merges[at - 1] = table.merge(symbols[at - 1], symbols[at]) }
        }
        return count
    }

    /// Linear: a linked list of symbols and queues of merges, whose outdated entries are passed over.
    private func mergeByQueues(_ count: Int, _ table: MergeTable) -> Int {
        let queues = queues ?? MergeBuckets(ranks: table.count)
        self.queues = queues
        let (symbols, merges) = (symbols, merges)
        queues.reset(symbols: count)
        links.removeAll(keepingCapacity: true)
        for position in 0..<count {
            links.append(Link(previous: Int32(position - 1), next: Int32(position + 1)))
            if merges[position] != Merge.none { queues.push(rank: Merge.rank(merges[position]), position: position) }
        }
        links.withUnsafeMutableBufferPointer { links in
            while let (rank, at) = queues.pop(inOrder: table.joinsEquals) {
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
                    merges[at] = table.merge(symbols[at], symbols[following])
                    if merges[at] != Merge.none { queues.push(rank: Merge.rank(merges[at]), position: at) }
                }
                if before >= 0 {
                    merges[before] = table.merge(symbols[before], symbols[at])
                    if merges[before] != Merge.none { queues.push(rank: Merge.rank(merges[before]), position: before) }
                }
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
}
