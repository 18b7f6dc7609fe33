import ArgumentParser
import Foundation
import PladHTTP
import PladMock
import PladRecords
import PladServer

struct MockTeacherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock-teacher",
        abstract: "Run a mock teacher that throttles, fails, stalls and breaks off according to a script.",
        discussion: """
            For trying how a client takes it. It speaks the dialect of the path that is asked: OpenAI's chat, responses and \
            completions, Anthropic's messages, Gemini's generateContent, Ollama's chat, streamed or not; and the batch APIs of \
            OpenAI and Anthropic, where each row is an attempt.

            The script is YAML: "model", "answer" with {prompt}, "headers" of every response, "faulty", the share of attempts \
            that get one of the "faults" (drawn by "seed"), and "sequence", what every request's first attempts get. A fault \
            has any of status, headers, text, reasoning, refusal, finish-reason, model, body, padding-bytes, truncate-to-bytes, \
            gzip, events (duplicated, out-of-order, unfinished), delay-seconds, silent, hang-up, cut-after-bytes, reset, \
            bytes-per-second, and a name and a weight. The same script and request give the same faults, in whatever order \
            requests come. "batch" has polls, how often a batch is still in progress, ends (completed, expired, failed), and a \
            sequence of faults for each batch address; a row with hang-up expires, a silent one is missing.

            Listens on this machine alone. Ctrl-C ends it with 0.
            """)

    @Option(help: ArgumentHelp("The script.", valueName: "file"))
    var script: String

    @Option(help: "The port to listen on; 0 chooses a free one.")
    var port: UInt16 = 0

    @Option(help: ArgumentHelp("Write the port to this file once the server is ready.", valueName: "file"))
    var portFile: String?

    @Option(help: ArgumentHelp("Write every attempt to this file as a line of JSON.", valueName: "file"))
    var log: String?

    func run() async throws {
        let script = try MockScript(contentsOf: URL(fileURLWithPath: script))
        let listener = try ListeningSocket(host: "127.0.0.1", port: port)
        let handle = try log.map { path in
            guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
                throw RecordError(.unwritable, "cannot write \(path): \(String(cString: strerror(errno)))")
            }
            return handle
        }
        let teacher = MockTeacher(script: script) { attempt in
            do {
                try handle?.write(contentsOf: attempt.jsonLine() + Data("\n".utf8))
            } catch {
                Console.say("plad: cannot write \(log ?? ""): \(Files.reason(error))")
            }
        }
        let server = HTTPServer(listener: listener, handler: teacher)
        try portFile.map { try Data("\(listener.port)\n".utf8).write(atomicallyTo: URL(fileURLWithPath: $0)) }
        Console.say("listening on \(listener.url)/v1")
        await Interruption.wait()
        await server.stop(abruptly: true)
    }
}
