import PladRecords

/// A short run of symbols during merging, always by the rule of the lowest rank at its leftmost place.
///
/// Symbols stay at their places and are linked past those that were merged away, so that the pending merges, rank and place in one
/// number each, are one short vector: its minimum is the next merge.
struct MergeWindow: ~Copyable {
    /// Number of symbols in a window: a place takes eight bits of a pending merge.
    static let size = 256
    /// Marker of no pending merge; greater than every pending merge.
    private static let none = UInt32.max
    private typealias Lanes = SIMD16<UInt32>

    /// The symbol at each place; after `merge`, the tokens at the places that `next` leads to, from 0 on.
    let symbols: UnsafeMutablePointer<TokenID>
    /// Token that the symbol at each place and the next one would merge to.
    private let joined: UnsafeMutablePointer<TokenID>
    /// The pending merge of the symbol at each place with the next one: rank << 8 | place, or `none`.
    private let pending: UnsafeMutablePointer<UInt32>
    private let links: UnsafeMutablePointer<Link>

    private struct Link {
        var previous: Int16
        var next: Int16
    }

    init() {
        symbols = .allocate(capacity: Self.size)
        joined = .allocate(capacity: Self.size)
        links = .allocate(capacity: Self.size)
        let lanes = UnsafeMutableRawPointer.allocate(
            byteCount: Self.size * MemoryLayout<UInt32>.stride, alignment: MemoryLayout<Lanes>.alignment)
        pending = lanes.bindMemory(to: UInt32.self, capacity: Self.size)
        pending.initialize(repeating: Self.none, count: Self.size)
        symbols.initialize(repeating: 0, count: Self.size)
        joined.initialize(repeating: 0, count: Self.size)
        links.initialize(repeating: Link(previous: 0, next: 0), count: Self.size)
    }

    deinit {
        symbols.deallocate()
        joined.deallocate()
        links.deallocate()
        pending.deallocate()
    }

    /// Place of the token after the one at `place`; the number of symbols after the last one.
    @inline(__always)
    func next(_ place: Int) -> Int { Int(links[place].next) }

    /// Merges the first `count` symbols, at most `size`, until no rule applies.
    func merge(count: Int, by table: MergeTable) {
        let vectors = (count + Lanes.scalarCount - 1) / Lanes.scalarCount
        let (symbols, joined, links, pending) = (symbols, joined, links, pending)
        pending.update(repeating: Self.none, count: vectors * Lanes.scalarCount)

        func look(_ place: Int, _ next: Int) {
            let merge = table.merge(symbols[place], symbols[next])
            joined[place] = Merge.id(merge)
            pending[place] = merge == Merge.none ? Self.none : UInt32(truncatingIfNeeded: Merge.rank(merge) << 8 | place)
        }

        for place in 0..<count {
            links[place] = Link(previous: Int16(place - 1), next: Int16(place + 1))
            if place + 1 < count { look(place, place + 1) }
        }
        while true {
            let best = Self.lowest(pending, vectors)
            if best == Self.none { return }
            let place = Int(best & 0xFF)
            let removed = Int(links[place].next)
            let following = Int(links[removed].next)
            let before = Int(links[place].previous)
            symbols[place] = joined[place]
            links[place].next = Int16(following)
            pending[removed] = Self.none
            if following < count {
                links[following].previous = Int16(place)
                look(place, following)
            } else {
                pending[place] = Self.none
            }
            if before >= 0 { look(before, place) }
        }
    }

    @inline(__always)
    private static func lowest(_ pending: UnsafeMutablePointer<UInt32>, _ vectors: Int) -> UInt32 {
        let lanes = UnsafeRawPointer(pending)
        var lowest = lanes.load(as: Lanes.self)
        for vector in 1..<max(vectors, 1) {
            let next = lanes.load(fromByteOffset: vector * MemoryLayout<Lanes>.stride, as: Lanes.self)
            lowest.replace(with: next, where: next .< lowest)
        }
        return lowest.min()
    }
}
