import PladRecords

/// The working memory of one byte-pair encoder: a word's symbols while they are merged.
final class BytePairScratch {
    let cache = WordCache()
    /// The word's symbols, by position.
    private(set) var symbols: UnsafeMutablePointer<TokenID>
    private var capacity = MergeWindow.size
    private let window = MergeWindow()
    private var queues: MergeQueues?

    /// Number of symbols at the end of a window that the next window reads again.
    private static let overlap = 32

    init() {
        symbols = .allocate(capacity: capacity)
    }

    deinit {
        symbols.deallocate()
    }

    /// Makes room for this many symbols; discards the present ones.
    func reserve(_ count: Int) {
        guard count > capacity else { return }
        symbols.deallocate()
        capacity = max(count, capacity * 2)
        symbols = .allocate(capacity: capacity)
    }

    /// Merges the first `count` symbols until no rule applies, always by the rule of the lowest rank at its leftmost place, and appends
    /// the resulting tokens. Linear in `count`.
    func merge(count: Int, by table: MergeTable, into ids: inout [TokenID]) {
        let firstID = ids.count
        if mergeByWindows(count, table, into: &ids) { return }
        ids.removeLast(ids.count - firstID)
        let queues = queues ?? MergeQueues(ranks: table.count)
        self.queues = queues
        let left = queues.merge(symbols, count: count, by: table)
        ids.append(contentsOf: UnsafeBufferPointer(start: symbols, count: left))
    }

    /// Merges overlapping windows, each starting at a token of the window before; returns false if two windows disagree.
    ///
    /// A sequence of tokens is the correct merge of a text exactly if every two neighbours are the correct merge of their own text:
    /// until a merge crosses a border, both sides merge as if alone. So if a window's first token is also a token of the window before,
    /// the tokens of both windows up to and from this token are correct.
    private func mergeByWindows(_ count: Int, _ table: MergeTable, into ids: inout [TokenID]) -> Bool {
        var start = 0
        var shared: (id: TokenID, end: Int)?
        while start < count {
            let size = min(MergeWindow.size, count - start)
            window.symbols.update(from: symbols + start, count: size)
            window.merge(count: size, by: table)
            if let shared, window.symbols[0] != shared.id || start + window.next(0) != shared.end { return false }
            let last = start + size == count ? size : size - Self.overlap
            var place = 0
            // Appends the tokens that end by `last`; the next window starts with the one that does not.
            while place < size, window.next(place) <= last {
                ids.append(window.symbols[place])
                place = window.next(place)
            }
            if place == size { return true }
            if place == 0 { return false }
            shared = (window.symbols[place], start + window.next(place))
            start += place
        }
        return true
    }
}
