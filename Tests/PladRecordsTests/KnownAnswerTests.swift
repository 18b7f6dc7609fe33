import Foundation
import PladRecords
import Testing

/// Bytes that runs, caches and recordings of years hang on, as another program computes them: Python's hashlib, and
/// xoshiro256** written down from its authors' C.
@Suite struct KnownAnswerTests {
    @Test func streamsOfTheSeededGenerator() {
        func draws(_ generator: SeededGenerator) -> [UInt64] {
            var generator = generator
            return (0..<4).map { _ in generator.next() }
        }
        #expect(
            draws(SeededGenerator(seed: 0)) == [
                0x2bdb_5430_6d6f_2b6f, 0xe27a_0b34_c38d_4ffd, 0xfceb_484d_df2b_897d, 0xd025_fd18_3d5b_aa86,
            ])
        #expect(
            draws(SeededGenerator(seed: 7, "sample", "1", "p-0", "3")) == [
                0xc3c6_718c_662d_53a3, 0x4aec_809b_35b0_3f09, 0x41d9_bcc2_c685_8947, 0xb577_8fe9_2ba1_5715,
            ])
        #expect(
            draws(SeededGenerator(seed: .max, "é")) == [
                0xa3ed_812c_348a_2b1a, 0x55fc_779f_7210_ca5d, 0x13e3_8d44_938f_6a02, 0x1f29_1e5c_6f22_22ef,
            ])
    }

    @Test func numbersOfTheSeededGenerator() {
        var uniform = SeededGenerator(seed: 7, "u")
        #expect((0..<3).map { _ in uniform.uniform() } == [0.9203024622079777, 0.12101077435746788, 0.7655917855039717])
        var normal = SeededGenerator(seed: 7, "n")
        let draws = (0..<2).map { _ in normal.normal() }
        #expect(abs(draws[0] - 1.051839379424256) < 1e-14 && abs(draws[1] + 0.5387580583289763) < 1e-14)
    }

    @Test func partsOfAStreamsNameAreKeptApart() {
        #expect(SeededGenerator(seed: 1, "ab", "c") != SeededGenerator(seed: 1, "a", "bc"))
        #expect(SeededGenerator(seed: 1, "a") != SeededGenerator(seed: 1, "a", ""))
        #expect(SeededGenerator(seed: 12) != SeededGenerator(seed: 1, "2"))
    }

    @Test func digestsAreSHA256() {
        #expect(Digest(of: "").description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(of: "é").description == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c")
    }

    @Test(arguments: [
        (#" { "b" : 1.0 , "a" : [ ] , "é" : null } "#, #"{"a":[],"b":1,"é":null}"#),
        (#"{"z":{"y":true,"x":false},"Z":-0.5}"#, #"{"Z":-0.5,"z":{"x":false,"y":true}}"#),
        (#"["A\/","\b\f\n\r\t\"\\"]"#, #"["A/","\b\f\n\r\t\"\\"]"#),
        ("[1e2,100.0,0.1,1e-7,9007199254740993]", "[100,100,0.1,1e-07,9007199254740993]"),
        (#"{"𐀀":1,"ﬀ":2}"#, #"{"ﬀ":2,"𐀀":1}"#),
    ]) func canonicalJSON(document: String, canonical: String) throws {
        #expect(try JSONValue(parsing: Data(document.utf8)).canonical == canonical)
        #expect(try JSONValue(parsing: Data(canonical.utf8)).canonical == canonical)
    }
}
