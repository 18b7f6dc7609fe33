import ArgumentParser
import Foundation
import PladDistill
import PladHTTP
import PladRecords
import PladServer
import PladStudent

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a local model over the OpenAI API: an embedded teacher, or the distilled student for any client.",
        discussion: """
            Answers /v1/chat/completions and /v1/completions (streamed too), /v1/models and /health. Prints "listening on \
            http://HOST:PORT/v1" to standard error once it is ready. Beyond this machine, and wherever PLAD_SERVE_TOKEN or \
            --token-file gives one, clients must send the token as "Authorization: Bearer TOKEN". On this machine's own addresses \
            only requests to them are answered, and a browser's pages are refused unless --allow-origin names them.

            Ctrl-C lets the requests in progress end, for 300 seconds at most, refuses new ones with 503, and exits with 0; a \
            second Ctrl-C exits at once with 130. Requests are served in turns, however much each of them asks for; one takes at \
            most 2,048 completions, its prompts times n. Without a seed in the request, the samples of a prompt depend only \
            on the prompt and the number of earlier requests for it.
            """)

    @Option(help: ArgumentHelp("A Hugging Face model folder, or org/name in the local Hugging Face cache.", valueName: "dir"))
    var model: String

    @Option(help: ArgumentHelp("The model's name for clients. By default the folder's name.", valueName: "name"))
    var name: String?

    @Option(help: "The address to listen on; beyond this machine a token is required.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 chooses a free one.")
    var port: UInt16 = 8080

    @Option(
        help: ArgumentHelp(
            "An origin whose web pages may send requests, for example http://localhost:3000, or * for all; may be repeated.",
            valueName: "origin"))
    var allowOrigin: [String] = []

    @Option(help: ArgumentHelp("Write the port to this file once the server is ready.", valueName: "file"))
    var portFile: String?

    @Option(help: ArgumentHelp("A file of mode 0600 with the token. By default PLAD_SERVE_TOKEN of the environment.", valueName: "file"))
    var tokenFile: String?

    @Option(help: "The number of completions drawn together; others wait.")
    var slots = 32

    @Option(help: "Weights for each new token: float32, or int8 for less memory traffic at some loss of precision.")
    var weights = DecodeWeights.float32

    @Option(help: "The largest size of a request's body in bytes.")
    var maxBodyBytes = 16 << 20

    @Option(help: "The number of processor threads. By default all.")
    var threads: Int?

    func validate() throws {
        guard slots > 0 else { throw ValidationError("--slots \(slots): give at least 1") }
        guard maxBodyBytes > 0 else { throw ValidationError("--max-body-bytes \(maxBodyBytes): give at least 1") }
        guard threads ?? 1 > 0 else { throw ValidationError("--threads \(threads ?? 0): give at least 1") }
    }

    func run() async throws {
        let token = try accessToken()
        guard token != nil || ListeningSocket.isLoopback(host) else {
            throw UsageError(
                "--host \(host) can be reached from other machines: set PLAD_SERVE_TOKEN or --token-file, or listen on 127.0.0.1")
        }
        let browsers = try BrowserRules(host: host, allowedOrigins: allowOrigin)
        // Bound first: a port in use is known before a large model is read.
        let listener = try ListeningSocket(host: host, port: port)
        let folder = try StudentLocation.resolve(model)
        let served = try LocalModel(
            folder: folder, base: try StudentLocation.base(ofAdapter: folder),
            name: name ?? (Files.exists(URL(fileURLWithPath: model)) ? nil : model),
            threads: try threadCount(threads), slots: slots, weights: weights)
        let server = HTTPServer(
            listener: listener, limits: RequestLimits(bodyBytes: maxBodyBytes),
            handler: OpenAIEndpoint(model: served, token: token, browsers: browsers))
        try portFile.map { try Data("\(listener.port)\n".utf8).write(atomicallyTo: URL(fileURLWithPath: $0)) }
        Console.say("listening on \(listener.url)/v1")
        await Interruption.wait()
        await server.stop()
    }

    private func accessToken() throws -> AccessToken? {
        if let tokenFile { return try AccessToken(contentsOf: URL(fileURLWithPath: tokenFile)) }
        return try ProcessInfo.processInfo.environment["PLAD_SERVE_TOKEN"].map { try AccessToken($0) }
    }
}
