import PladRecords

/// A model's tokens, by spelling and by id. Ids need not be contiguous.
struct Vocabulary: Sendable {
    /// Bound on ids, so that a damaged file cannot ask for unlimited memory.
    static let largestSize = 1 << 24

    /// One more than the highest id.
    let size: Int
    /// Spellings of all tokens, concatenated.
    private let spellings: FrozenBuffer<UInt8>
    /// Byte range of each id's spelling; an id without a token has a negative length.
    private let places: FrozenBuffer<Place>
    /// Hash slots, by open addressing with linear probing: id + 1, or 0 for a free slot.
    private let slots: FrozenBuffer<Int32>

    struct Place {
        var start: UInt32
        var length: Int32
    }

    /// - Parameters:
    ///   - spellings: the bytes of all tokens.
    ///   - entries: byte range of each token in `spellings`, and its id.
    /// Throws what `duplicate` returns when two entries share a spelling or an id.
    init(spellings: [UInt8], entries: [(place: Place, id: TokenID)], duplicate: (String) -> TokenizerError) throws {
        let size = entries.reduce(0) { max($0, Int($1.id) + 1) }
        let arena = FrozenBuffer(spellings)
        let text = { (place: Place) in
            String(decoding: UnsafeBufferPointer(start: arena.base + Int(place.start), count: Int(place.length)), as: UTF8.self)
        }
        let places = try FrozenBuffer<Place>(count: size) { places in
            places.update(repeating: Place(start: 0, length: -1))
            for (place, id) in entries {
                guard places[Int(id)].length < 0 else {
                    throw duplicate("id \(id) belongs to \"\(text(places[Int(id)]))\" and \"\(text(place))\"")
                }
                places[Int(id)] = place
            }
        }
        self.slots = try FrozenBuffer(count: ByteHash.tableSize(for: entries.count)) { slots in
            let mask = slots.count - 1
            for (place, id) in entries {
                let bytes = arena.base + Int(place.start)
                var slot = Int(truncatingIfNeeded: ByteHash.of(bytes, count: Int(place.length))) & mask
                while slots[slot] != 0 {
                    let other = places.base[Int(slots[slot]) - 1]
                    if Self.equal(arena.base + Int(other.start), Int(other.length), bytes, Int(place.length)) {
                        throw duplicate("\"\(text(place))\" appears twice")
                    }
                    slot = (slot + 1) & mask
                }
                slots[slot] = id + 1
            }
        }
        self.size = size
        self.spellings = arena
        self.places = places
    }

    /// The id of the token with exactly these bytes, or -1.
    @inline(__always)
    func find(_ bytes: UnsafePointer<UInt8>, count: Int) -> TokenID {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: ByteHash.of(bytes, count: count)) & mask
        while true {
            let id = slots.base[slot] - 1
            if id < 0 { return -1 }
            let place = places.base[Int(id)]
            if Self.equal(spellings.base + Int(place.start), Int(place.length), bytes, count) { return id }
            slot = (slot + 1) & mask
        }
    }

    func id(of token: some Collection<UInt8>) -> TokenID? {
        let id = Array(token).withUnsafeBufferPointer { token in
            token.count == 0 ? find(spellings.base, count: 0) : find(token.baseAddress!, count: token.count)
        }
        return id < 0 ? nil : id
    }

    /// Spelling of a token, valid as long as this vocabulary is; nil for an id without a token.
    func spelling(of id: TokenID) -> UnsafeBufferPointer<UInt8>? {
        guard id >= 0, id < size else { return nil }
        let place = places.base[Int(id)]
        return place.length < 0 ? nil : UnsafeBufferPointer(start: spellings.base + Int(place.start), count: Int(place.length))
    }

    @inline(__always)
    private static func equal(_ a: UnsafePointer<UInt8>, _ aCount: Int, _ b: UnsafePointer<UInt8>, _ bCount: Int) -> Bool {
        guard aCount == bCount else { return false }
        for index in 0..<aCount where a[index] != b[index] { return false }
        return true
    }
}
