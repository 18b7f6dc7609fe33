/// A priority queue of merges by rank, then by position: a binary heap of rank << 32 | position.
struct MergeQueue {
    private var heap: [UInt64] = []

    /// Starts over with positions 0..<count; a rank that does not fit 32 bits, which stands for no merge, is left out.
    mutating func fill(_ count: Int, rank: (Int) -> UInt64) {
        heap.removeAll(keepingCapacity: true)
        for position in 0..<count {
            let rank = rank(position)
            if rank < UInt64(UInt32.max) { heap.append(rank << 32 | UInt64(position)) }
        }
        let count = heap.count
        heap.withUnsafeMutableBufferPointer { heap in
            for index in stride(from: count / 2 - 1, through: 0, by: -1) { Self.sink(heap[index], from: index, in: heap, count) }
        }
    }

    mutating func push(rank: UInt64, position: Int) {
        let entry = rank << 32 | UInt64(position)
        heap.append(entry)
        heap.withUnsafeMutableBufferPointer { heap in
            var index = heap.count - 1
            while index > 0, heap[(index - 1) / 2] > entry {
                heap[index] = heap[(index - 1) / 2]
                index = (index - 1) / 2
            }
            heap[index] = entry
        }
    }

    mutating func pop() -> (rank: UInt64, position: Int)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        let count = heap.count
        if count > 0 {
            heap.withUnsafeMutableBufferPointer { Self.sink(last, from: 0, in: $0, count) }
        }
        return (first >> 32, Int(first & 0xFFFF_FFFF))
    }

    /// Puts `entry` where it belongs in the subtree whose root, at `index`, is free.
    private static func sink(_ entry: UInt64, from index: Int, in heap: UnsafeMutableBufferPointer<UInt64>, _ count: Int) {
        var index = index
        while true {
            var child = 2 * index + 1
            if child >= count { break }
            if child + 1 < count, heap[child + 1] < heap[child] { child += 1 }
            if heap[child] >= entry { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
