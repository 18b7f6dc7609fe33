import PladRecords

/// Finds all tokens that start a text, byte by byte: a trie whose edges are in one hash table.
struct ByteTrie: Sendable {
    private struct Edge {
        /// Key: node << 8 | byte, plus one; 0 in a free slot.
        var key: UInt32
        var node: UInt32
        /// Id of the token that ends at `node`, or -1.
        var id: TokenID
    }

    private let edges: FrozenBuffer<Edge>

    init(_ vocabulary: Vocabulary) {
        var children: [UInt32: UInt32] = [:]
        var ids: [TokenID] = [-1]
        for id in 0..<TokenID(vocabulary.size) {
            guard let spelling = vocabulary.spelling(of: id), spelling.count > 0 else { continue }
            var node: UInt32 = 0
            for byte in spelling {
                let key = node << 8 | UInt32(byte)
                if let next = children[key] {
                    node = next
                } else {
                    node = UInt32(ids.count)
                    // Node numbers take 24 bits: tokens whose bytes outgrow that are refused when they are read.
                    precondition(node < 1 << 24 - 1, "a trie of \(node) nodes")
                    ids.append(-1)
                    children[key] = node
                }
            }
            ids[Int(node)] = id
        }
        edges = FrozenBuffer(count: ByteHash.tableSize(for: children.count)) { edges in
            for (key, node) in children {
                var slot = Self.hash(key + 1) & (edges.count - 1)
                while edges[slot].key != 0 { slot = (slot + 1) & (edges.count - 1) }
                edges[slot] = Edge(key: key + 1, node: node, id: ids[Int(node)])
            }
        }
    }

    /// Calls `found` with every token that starts the text, and its length in bytes, the shortest first.
    @inline(__always)
    func tokens(startingAt text: UnsafePointer<UInt8>, count: Int, _ found: (TokenID, Int) -> Void) {
        let mask = edges.count - 1
        var node: UInt32 = 0
        for position in 0..<count {
            let key = (node << 8 | UInt32(text[position])) + 1
            var slot = Self.hash(key) & mask
            while edges.base[slot].key != key {
                if edges.base[slot].key == 0 { return }
                slot = (slot + 1) & mask
            }
            node = edges.base[slot].node
            if edges.base[slot].id >= 0 { found(edges.base[slot].id, position + 1) }
        }
    }

    @inline(__always)
    private static func hash(_ key: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}
