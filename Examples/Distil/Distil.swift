import Foundation
import PladDistill
import PladMock

/// Distils a mock teacher into the demo's small student, and prints what the student does on prompts held out.
@main struct Distil {
    static func main() async throws {
        let checkout = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardizedFileURL
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("distil-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let prompts = folder.appendingPathComponent("prompts.txt")
        try (1...40).map { "Parcel \($0) has not arrived." }.joined(separator: "\n").write(to: prompts, atomically: true, encoding: .utf8)

        let teacher = try MockEndpoint(answering: "Late: {prompt}")
        var settings = DistillSettings()
        settings.teacher.remote = teacher.url
        settings.teacher.model = "mock"
        settings.teacher.cache = folder.appendingPathComponent("cache.sqlite").path
        settings.teacher.maxTokens = 24
        settings.prompts.source = prompts.path
        settings.student.model = checkout.appendingPathComponent("Prompts/demo/models/student").path
        settings.run.folder = folder.appendingPathComponent("run").path

        let evaluation = try await Distillation(settings, observer: StagesPrinter())()
        if let evaluation { print(Distillation.table(of: evaluation)) }
        await teacher.stop()
    }
}

/// Prints every stage as it ends.
struct StagesPrinter: RunObserver {
    func observe(_ event: RunEvent) {
        if case .ended(let work) = event { print("\(work.label): \(work.done) \(work.unit)") }
    }
}
