public import Foundation
import PladHTTP

/// A mock teacher that listens on this machine: it answers every prompt, and fails as its script says.
///
/// It speaks the dialect of the path that is asked: OpenAI's chat, responses and completions, Anthropic's messages, Gemini's
/// generateContent and Ollama's chat.
public final class MockEndpoint: Sendable {
    /// The base URL of its API: `http://127.0.0.1:PORT/v1`.
    public let url: String
    private let server: HTTPServer

    /// Starts a teacher that never fails.
    ///
    /// - Parameter answer: what it says; `{prompt}` stands for the text of the request's last message.
    ///
    /// Throws an error that gives the system's reason where no port can be listened on.
    public convenience init(answering answer: String = "You said: {prompt}") throws {
        var script = MockScript()
        script.answer = answer
        try self.init(script)
    }

    /// Starts a teacher that plays a script, a YAML file.
    ///
    /// Throws an error that names the file, and the field where that is wrong.
    public convenience init(script file: URL) throws { try self.init(MockScript(contentsOf: file)) }

    private init(_ script: MockScript) throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        server = HTTPServer(listener: listener, handler: MockTeacher(script: script))
        url = "\(listener.url)/v1"
    }

    /// Closes the port and every connection. A teacher that is not stopped listens until the process ends.
    public func stop() async { await server.stop(abruptly: true) }
}
