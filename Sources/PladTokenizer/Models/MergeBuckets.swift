/// Pending merges of one long word: a queue for every rank, and a bitmap that finds the lowest rank in use.
///
/// All occurrences of a rule are merged in one sweep from left to right, so memory is walked in order and the time
/// is linear in the length of the word. A heap took three times as long on a word of a million letters.
final class MergeBuckets {
    private struct Entry {
        var position: Int32
        /// Index of the next entry of the same rank, or -1.
        var next: Int32
    }

    private struct Queue {
        var head: Int32
        var tail: Int32
        /// True if an entry was pushed after one of a higher position.
        var isUnsorted: Bool
    }

    private let queues: UnsafeMutablePointer<Queue>
    /// Bitmap of the ranks in use, with a second level of one bit for each of its words.
    private let used: UnsafeMutablePointer<UInt64>
    private let usedWords: UnsafeMutablePointer<UInt64>
    private let usedWordsCount: Int
    private var entries = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
    private var capacity = 1
    private var count = 0

    init(ranks: Int) {
        let words = ranks / 64 + 1
        usedWordsCount = words / 64 + 1
        queues = .allocate(capacity: max(ranks, 1))
        queues.initialize(repeating: Queue(head: -1, tail: -1, isUnsorted: false), count: max(ranks, 1))
        used = .allocate(capacity: words)
        used.initialize(repeating: 0, count: words)
        usedWords = .allocate(capacity: usedWordsCount)
        usedWords.initialize(repeating: 0, count: usedWordsCount)
    }

    deinit {
        entries.deallocate()
        queues.deallocate()
        used.deallocate()
        usedWords.deallocate()
    }

    /// Makes room for a word of so many symbols; every pushed entry must have been popped.
    ///
    /// Each symbol adds one entry, and each merge, of which there are fewer, adds two.
    func reset(symbols: Int) {
        count = 0
        guard symbols * 3 > capacity else { return }
        entries.deallocate()
        capacity = symbols * 3
        entries = .allocate(capacity: capacity)
    }

    @inline(__always)
    func push(rank: Int, position: Int) {
        let entries = entries
        let index = Int32(count)
        count += 1
        entries[Int(index)] = Entry(position: Int32(position), next: -1)
        let queue = queues[rank]
        if queue.head < 0 {
            queues[rank] = Queue(head: index, tail: index, isUnsorted: false)
            used[rank / 64] |= 1 << UInt64(rank % 64)
            usedWords[rank / 4096] |= 1 << UInt64(rank / 64 % 64)
        } else {
            if entries[Int(queue.tail)].position > Int32(position) { queues[rank].isUnsorted = true }
            entries[Int(queue.tail)].next = index
            queues[rank].tail = index
        }
    }

    /// Removes and returns the first entry of the lowest rank; the one of the lowest position if `inOrder` is true for the rank.
    @inline(__always)
    func pop(inOrder: (Int) -> Bool) -> (rank: Int, position: Int)? {
        var block = 0
        while block < usedWordsCount, usedWords[block] == 0 { block += 1 }
        guard block < usedWordsCount else { return nil }
        let word = block * 64 + usedWords[block].trailingZeroBitCount
        let rank = word * 64 + used[word].trailingZeroBitCount
        if queues[rank].isUnsorted {
            queues[rank].isUnsorted = false
            if inOrder(rank) { sort(rank) }
        }
        let entry = entries[Int(queues[rank].head)]
        queues[rank].head = entry.next
        if entry.next < 0 {
            used[word] &= used[word] - 1
            if used[word] == 0 { usedWords[block] &= usedWords[block] - 1 }
        }
        return (rank, Int(entry.position))
    }

    private func sort(_ rank: Int) {
        var positions: [Int32] = []
        var index = queues[rank].head
        while index >= 0 {
            positions.append(entries[Int(index)].position)
            index = entries[Int(index)].next
        }
        positions.sort()
        index = queues[rank].head
        for position in positions {
            entries[Int(index)].position = position
            index = entries[Int(index)].next
        }
    }
}
