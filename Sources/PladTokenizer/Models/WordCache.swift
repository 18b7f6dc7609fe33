import PladRecords

/// Remembers the ids of short pieces of text. It forgets everything when it is full, which changes no result.
final class WordCache {
    /// Largest number of bytes in a remembered piece.
    static let longest = 16

    /// The bytes of a short piece and their count: equal keys are equal pieces.
    struct Key {
        var low: UInt64
        var high: UInt64
        var count: UInt64

        /// Builds the key of a piece of 1 to `longest` bytes. Reads no byte outside the piece; the two halves may overlap.
        @inline(__always)
        init(_ bytes: UnsafePointer<UInt8>, count: Int) {
            let raw = UnsafeRawPointer(bytes)
            self.count = UInt64(truncatingIfNeeded: count)
            if count >= 8 {
                low = raw.loadUnaligned(as: UInt64.self)
                high = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            } else if count >= 4 {
                low = UInt64(raw.loadUnaligned(as: UInt32.self))
                high = UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
            } else {
                low = UInt64(bytes[0])
                high = UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count - 1])
            }
        }

        @inline(__always)
        var hash: Int {
            Int(truncatingIfNeeded: ByteHash.mix(low ^ ByteHash.mix(high ^ count &* 0x9E37_79B9_7F4A_7C15)))
        }
    }

    private struct Slot {
        var low: UInt64
        var high: UInt64
        /// Number of ids; 0 in a free slot.
        var count: UInt32
        var idCount: UInt32
        /// The only id, or the start of the ids in `ids`.
        var value: Int32
    }

    private static let slotCount = 1 << 15
    private static let idLimit = 1 << 17
    private let slots: UnsafeMutablePointer<Slot>
    private var used = 0
    private var ids: [TokenID] = []

    init() {
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: Slot(low: 0, high: 0, count: 0, idCount: 0, value: 0), count: Self.slotCount)
    }

    deinit {
        slots.deallocate()
    }

    /// Appends the ids of a remembered piece; returns false if it is not remembered.
    @inline(__always)
    func appendIDs(of key: Key, to output: inout [TokenID]) -> Bool {
        var index = key.hash & (Self.slotCount - 1)
        while true {
            let slot = slots[index]
            if slot.count == 0 { return false }
            if slot.low == key.low, slot.high == key.high, UInt64(slot.count) == key.count {
                if slot.idCount == 1 {
                    output.append(slot.value)
                } else {
                    let start = Int(slot.value)
                    output.append(contentsOf: ids[start..<start + Int(slot.idCount)])
                }
                return true
            }
            index = (index + 1) & (Self.slotCount - 1)
        }
    }

    func remember(_ found: ArraySlice<TokenID>, for key: Key) {
        if used >= Self.slotCount / 2 || ids.count + found.count > Self.idLimit { forget() }
        var index = key.hash & (Self.slotCount - 1)
        while slots[index].count != 0 { index = (index + 1) & (Self.slotCount - 1) }
        let value = found.count == 1 ? found.first! : Int32(ids.count)
        if found.count != 1 { ids.append(contentsOf: found) }
        slots[index] = Slot(low: key.low, high: key.high, count: UInt32(key.count), idCount: UInt32(found.count), value: value)
        used += 1
    }

    private func forget() {
        slots.update(repeating: Slot(low: 0, high: 0, count: 0, idCount: 0, value: 0), count: Self.slotCount)
        ids.removeAll(keepingCapacity: true)
        used = 0
    }
}
