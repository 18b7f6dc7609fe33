import Foundation
import PladGGUF
import PladStudent
import PladTestSupport
import Testing

/// A damaged GGUF file is read or refused: nothing beyond its end is touched, and nothing taken that it has no bytes for.
struct FuzzGGUFTests {
    @Test(arguments: ["llama-gqa-tied", "llama-untied-sp", "gpt2"])
    func damagedFilesAreReadOrRefused(name: String) throws {
        let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/goldens")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gguf-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("model.gguf")
        try GGUFExport(Student(folder: goldens.appendingPathComponent(name), threads: 1), as: .q80, name: name).write(to: file)
        let whole = [UInt8](try Data(contentsOf: file))
        try Fuzzing(name: "gguf-\(name)", share: 0.02).run([whole]) { bytes, _ in _ = try GGUFImport(Data(bytes), path: "damaged.gguf") }
    }
}
