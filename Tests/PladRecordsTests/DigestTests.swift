import Foundation
import PladRecords
import Testing

@Suite struct DigestTests {
    @Test func ofPartsIsThatOfTheWhole() {
        let whole = Array("a text of some length".utf8)
        #expect(Digest(of: "abc").description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        for cuts in [[0, 21], [0, 0, 1, 1, 20, 21], [0, 7, 21]] {
            let parts = zip(cuts, cuts.dropFirst()).map { Array(whole[$0..<$1]) }
            let buffers = parts.map { part in
                let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 1)
                copy.copyBytes(from: part)
                return UnsafeRawBufferPointer(copy)
            }
            defer { for buffer in buffers { buffer.deallocate() } }
            #expect(Digest(ofParts: buffers) == Digest(of: whole))
        }
    }
}
