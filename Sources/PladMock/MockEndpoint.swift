public import Foundation
import PladHTTP

/// A mock teacher on a local port: it completes every prompt, and fails according to its script.
///
/// The request's path selects the dialect: OpenAI's chat, responses and completions, Anthropic's messages, Gemini's generateContent and
/// Ollama's chat.
public final class MockEndpoint: Sendable {
    /// The base URL of its API: `http://127.0.0.1:PORT/v1`.
    public let url: String
    private let server: HTTPServer

    /// Starts a teacher that never fails.
    ///
    /// - Parameter answer: text of the completions; `{prompt}` is replaced by the text of the request's last message.
    ///
    /// Throws an error with the system's reason if no port can be opened.
    public convenience init(answering answer: String = "You said: {prompt}") throws {
        var script = MockScript()
        script.answer = answer
        try self.init(script)
    }

    /// Starts a teacher that follows a script, a YAML file.
    ///
    /// Throws an error with the path, and with the invalid field if there is one.
    public convenience init(script file: URL) throws { try self.init(MockScript(contentsOf: file)) }

    private init(_ script: MockScript) throws {
        let listener = try ListeningSocket(host: "127.0.0.1", port: 0)
        server = HTTPServer(listener: listener, handler: MockTeacher(script: script))
        url = "\(listener.url)/v1"
    }

    /// Closes the port and every connection. Without this call the teacher listens until the process ends.
    public func stop() async { await server.stop(abruptly: true) }
}
