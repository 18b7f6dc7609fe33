import ArgumentParser
import Foundation
import PladHTTP
import PladDistill
import PladRecords
import PladServer

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a run's report during the run; the page updates itself.",
        discussion: "Reads the run's records and changes nothing. Listens on this machine only; Ctrl-C ends it.")

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var path: String

    @Option(help: "The port to listen on; 0 chooses a free one.")
    var port: UInt16 = 0

    @Option(help: ArgumentHelp("Write the port to this file once the server is ready.", valueName: "file"))
    var portFile: String?

    @Flag(help: "Open the page in the browser.")
    var open = false

    func run() async throws {
        _ = try Run(in: path)
        let listener = try ListeningSocket(host: "127.0.0.1", port: port)
        let server = HTTPServer(listener: listener, handler: ReportServer(path: path))
        try portFile.map { try Data("\(listener.port)\n".utf8).write(atomicallyTo: URL(fileURLWithPath: $0)) }
        Console.say("watching \(path) at \(listener.url)/")
        if open {
            do {
                try Browser.open(listener.url + "/")
            } catch let failure as any Failure {
                // The page is there all the same.
                Console.say("plad: \(ErrorLine(failure).line)")
            }
        }
        await Interruption.wait()
        await server.stop(abruptly: true)
    }
}
