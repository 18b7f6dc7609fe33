import PladRecords

/// A merge rule's rank and result in one number that orders by rank: rank << 32 | id. No rule: `none`.
struct Merge {
    static let none = UInt64.max

    @inline(__always)
    static func packed(rank: Int, id: TokenID) -> UInt64 { UInt64(rank) << 32 | UInt64(UInt32(bitPattern: id)) }

    @inline(__always)
    static func rank(_ merge: UInt64) -> Int { Int(merge >> 32) }

    @inline(__always)
    static func id(_ merge: UInt64) -> TokenID { TokenID(truncatingIfNeeded: merge) }
}

/// A hash table from a pair of neighbouring tokens to the merge rule that joins them: open addressing with linear probing.
struct MergeTable: Sendable {
    struct Rule {
        var left: TokenID
        var right: TokenID
        var result: TokenID
    }

    private struct Slot {
        /// Key: (left + 1) << 32 | right + 1; 0 in a free slot.
        var pair: UInt64
        var merge: UInt64
    }

    private let slots: FrozenBuffer<Slot>
    /// True, by rank, if the rule joins two equal tokens, so that its occurrences may overlap.
    private let equals: FrozenBuffer<Bool>

    /// Number of rules.
    var count: Int { equals.count }

    /// - Parameter rules: in the order of their rank. If two rules have one pair, the later counts, as in Hugging Face `tokenizers`.
    init(_ rules: [Rule]) {
        equals = FrozenBuffer(rules.map { $0.left == $0.right })
        slots = FrozenBuffer(count: ByteHash.tableSize(for: rules.count)) { slots in
            let mask = slots.count - 1
            for (rank, rule) in rules.enumerated() {
                let pair = Self.pair(rule.left, rule.right)
                var slot = Self.hash(pair) & mask
                while slots[slot].pair != 0, slots[slot].pair != pair { slot = (slot + 1) & mask }
                slots[slot] = Slot(pair: pair, merge: Merge.packed(rank: rank, id: rule.result))
            }
        }
    }

    @inline(__always)
    func merge(_ left: TokenID, _ right: TokenID) -> UInt64 {
        let pair = Self.pair(left, right)
        let mask = slots.count - 1
        var index = Self.hash(pair) & mask
        while true {
            let slot = slots.base[index]
            if slot.pair == pair { return slot.merge }
            if slot.pair == 0 { return Merge.none }
            index = (index + 1) & mask
        }
    }

    @inline(__always)
    func joinsEquals(rank: Int) -> Bool { equals.base[rank] }

    @inline(__always)
    private static func pair(_ left: TokenID, _ right: TokenID) -> UInt64 {
        UInt64(UInt32(bitPattern: left) &+ 1) << 32 | UInt64(UInt32(bitPattern: right) &+ 1)
    }

    @inline(__always)
    private static func hash(_ pair: UInt64) -> Int {
        Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}
