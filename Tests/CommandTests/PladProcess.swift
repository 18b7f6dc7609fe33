import Foundation

/// The built binary, run as a user runs it.
struct PladProcess {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Beside the test bundle in the build folder.
    static let binary: URL = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("plad")
    }()

    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/goldens")

    static func run(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> Result {
        try run(arguments, input: input, environment: environment)
    }

    /// - Parameter directory: where it runs, which paths that are not whole begin at; by default where the tests run.
    static func run(_ arguments: [String], input: String = "", environment: [String: String] = [:], in directory: URL? = nil) throws
        -> Result
    {
        try withFolder { folder in
            let (stdin, stdout, stderr) = (
                folder.appendingPathComponent("in"), folder.appendingPathComponent("out"), folder.appendingPathComponent("err")
            )
            try Data(input.utf8).write(to: stdin)
            for file in [stdout, stderr] { try Data().write(to: file) }
            let process = try start(arguments, stdout: stdout, stderr: stderr, stdin: stdin, environment: environment, in: directory)
            process.waitUntilExit()
            return Result(
                status: process.terminationStatus, output: try String(contentsOf: stdout, encoding: .utf8),
                errors: try String(contentsOf: stderr, encoding: .utf8))
        }
    }

    /// The checkout.
    static let checkout = fixtures.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Files rather than pipes: nothing has to be drained while the process runs.
    static func start(
        _ arguments: [String], stdout: URL, stderr: URL, stdin: URL? = nil, environment: [String: String] = [:], in directory: URL? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = directory }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try stdin.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: stdout)
        process.standardError = try FileHandle(forWritingTo: stderr)
        try process.run()
        return process
    }

    /// A folder that goes when the test ends.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plad-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

/// `plad serve` over a fixture, or `plad mock-teacher` over a script, for as long as a test needs it.
final class LocalTeacher {
    let process: Process
    let port: Int
    var remote: String { "http://127.0.0.1:\(port)/v1" }

    convenience init(_ model: String, in folder: URL) throws {
        try self.init(model: PladProcess.fixtures.appendingPathComponent(model), in: folder)
    }

    convenience init(model: URL, in folder: URL) throws { try self.init(["serve", "--model", model.path], in: folder) }

    /// Logs every attempt to `attempts.jsonl`.
    convenience init(script: String, in folder: URL) throws {
        let file = folder.appendingPathComponent("script.yaml")
        try Data(script.utf8).write(to: file)
        try self.init(
            ["mock-teacher", "--script", file.path, "--log", folder.appendingPathComponent("attempts.jsonl").path], in: folder)
    }

    private init(_ command: [String], in folder: URL) throws {
        let portFile = folder.appendingPathComponent("port")
        let log = folder.appendingPathComponent("serve.log")
        try Data().write(to: log)
        process = try PladProcess.start(
            command + ["--port", "0", "--port-file", portFile.path], stdout: log, stderr: log)
        let deadline = Date().addingTimeInterval(20)
        var port: Int?
        while port == nil, Date() < deadline, process.isRunning {
            port = (try? String(contentsOf: portFile, encoding: .utf8)).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            if port == nil { usleep(10_000) }
        }
        guard let port else {
            struct NotListening: Error { var log: String }
            throw NotListening(log: try String(contentsOf: log, encoding: .utf8))
        }
        self.port = port
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    deinit { if process.isRunning { process.terminate() } }
}
