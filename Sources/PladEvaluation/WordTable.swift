/// Numbers byte strings, from 0 in the order of their first occurrence: a hash table without an allocation for each word.
struct WordTable {
    /// Bytes of all words, concatenated; word n is `bytes[ends[n - 1]..<ends[n]]`.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// Word numbers by hash, -1 for a free slot; a power of two of them, at most half full.
    private var slots = [Int32](repeating: -1, count: 256)

    var count: Int { ends.count }

    /// The number of a word, and true if it occurs for the first time.
    mutating func number(of word: [UInt8]) -> (number: Int32, isNew: Bool) {
        var slot = Self.hash(word[...]) & (slots.count - 1)
        while slots[slot] >= 0 {
            if matches(word, Int(slots[slot])) { return (slots[slot], false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let number = Int32(ends.count)
        slots[slot] = number
        bytes.append(contentsOf: word)
        ends.append(bytes.count)
        if ends.count * 2 > slots.count { grow() }
        return (number, true)
    }

    private func start(of number: Int) -> Int {
        number == 0 ? 0 : ends[number - 1]
    }

    private func matches(_ word: [UInt8], _ number: Int) -> Bool {
        let start = start(of: number)
        guard ends[number] - start == word.count else { return false }
        for index in word.indices where word[index] != bytes[start + index] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for number in ends.indices {
            var slot = Self.hash(bytes[start(of: number)..<ends[number]]) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }

    /// The FNV-1a hash, its high half folded in because a table takes the low bits.
    private static func hash(_ word: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7fff_ffff)
    }
}
