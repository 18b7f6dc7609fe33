import Foundation
import PladRecords
import PladStudent
import Testing

/// Damaged files never crash or hang: they load, or a `StudentError` says why not.
///
/// `PLAD_FUZZ_CASES=1000000 swift test -c release -Xcc -march=native --filter Fuzz` runs a million cases; `PLAD_FUZZ_SEED` picks others.
struct TokenizerFuzzTests {
    @Test(arguments: RecordedTokenizer.all)
    func damagedTokenizersAreRefusedOrWork(recorded: RecordedTokenizer) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try ["tokenizer.json", "tokenizer_config.json"].map { name in
            (name, [UInt8](try Data(contentsOf: recorded.folder.appendingPathComponent(name))))
        }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
        let parts = Mutator.words(files[0].1 + files[1].1)
        var mutator = Mutator(name: "tokenizer \(recorded.name)", words: parts)
        for _ in 0..<Mutator.cases(of: RecordedTokenizer.all.count * 2) {
            // The large file is damaged four times as often as the small one.
            let (name, bytes) = files[mutator.pick(5) == 0 ? 1 : 0]
            try Data(mutator.damaged(bytes)).write(to: folder.appendingPathComponent(name))
            do {
                let tokenizer = try Tokenizer(folder: folder)
                let text = RecordedTokenizer.texts[mutator.pick(RecordedTokenizer.texts.count)]
                let ids = tokenizer.encode(text, addSpecialTokens: true) + tokenizer.encodeContinuation(text)
                _ = tokenizer.decode(ids + [-1, .max], skipSpecialTokens: false)
                _ = tokenizer.decodeContinuation(ids)
            } catch is StudentError {
                // What a damaged file deserves.
            }
            try Data(bytes).write(to: folder.appendingPathComponent(name))
        }
    }
}
