import Foundation
import PladRecords
import PladTestSupport
import Testing

/// Damaged settings are refused in plad's own words, or read.
struct FuzzSettingsTests {
    private static let files = [
        "# a run\nremote: http://127.0.0.1:8080/v1\nteacher-model: m\nmargin: 2.5\nreplay: true\nstop: [\"\\n\", END]\nlimit: 3\n",
        "name: demo\nteacher:\n  system: |\n    Be brief.\n    {{no}}\n  prompt: \"Q: {{prompt}}\"\nstudent: {prompt: 'A {{prompt}}', max_tokens: 12}\n",
        "base: &base {epochs: 1, lambda: 0.5}\nvariants:\n  - <<: *base\n    margin: 1\n  - ? margin\n    : 1e3\n  - !!str 5\n",
    ]

    @Test func damagedFilesAreRefusedOrRead() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Fuzzing(name: "settings", share: 0.1).run(Self.files.map { Array($0.utf8) }) { bytes, _ in
            try Data(bytes).write(to: file)
            _ = try YAMLFile.keys(in: file)
            _ = try YAMLFile.read([String: JSONValue]?.self, from: file)
        }
    }
}
