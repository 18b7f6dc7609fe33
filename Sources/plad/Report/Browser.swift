import Foundation
import PladRecords

/// Opens a page with the desktop's own program: `xdg-open`, on macOS `open`.
enum Browser {
    /// Opens an address. Throws `BrowserError` if there is no browser or it fails.
    static func open(_ address: String) throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        #if os(macOS)
            let names = ["open"]
        #else
            let names = ["xdg-open", "wslview"]
        #endif
        let programs = names.flatMap { name in folders.map { "\($0)/\(name)" } }
        guard let program = programs.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw BrowserError(
                message: "there is no \(names.joined(separator: " or ")) here to open a browser with; open \(address) yourself")
        }
        let status = try run(program, address)
        guard status == 0 else {
            throw BrowserError(message: "\(program) could not open it (status \(status)); open \(address) yourself")
        }
    }

    /// The exit status of the program, whose output is discarded.
    private static func run(_ program: String, _ address: String) throws -> Int32 {
        let nowhere = Foundation.open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nowhere) }
        do {
            return try ChildProgram(program, [address], files: [(STDOUT_FILENO, nowhere), (STDERR_FILENO, nowhere)]).wait()
        } catch let error as ChildError {
            throw BrowserError(message: "cannot run \(program): \(error.reason); open \(address) yourself")
        }
    }
}

/// The error for a browser that could not be opened.
struct BrowserError: Failure {
    let message: String
    var exitStatus: ExitStatus { .unavailable }
}
