import Foundation
import PladRecords
import PladStudent
import PladTestSupport
import Testing

/// Damaged configurations of every family are refused, or describe a student whose numbers plad can count with.
struct FuzzConfigurationTests {
    @Test func damagedConfigurationsAreRefusedOrRead() throws {
        let folder = Golden.folder("llama-gqa-tied").deletingLastPathComponent()
        let originals = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().compactMap { name in
            try? [UInt8](Data(contentsOf: folder.appendingPathComponent("\(name)/config.json")))
        }
        try #require(originals.count >= Golden.names.count)
        try Fuzzing(name: "config.json", share: 0.15).run(originals, isJSON: true) { bytes, _ in
            let configuration = try StudentConfiguration(parsing: Data(bytes), path: "config.json")
            #expect(configuration.queryKeyValueWidth > configuration.attentionWidth)
        }
    }
}
