import ArgumentParser
import Foundation
import PladHTTP
import PladHub
import PladRecords
import PladTeacher

/// The command that fetches a model into the cache in which `--student ORG/NAME` is found.
struct Pull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetch a model from the Hugging Face Hub.",
        discussion: """
            The files that a student needs: configuration, tokenizer, weights in safetensors. They go into the cache that all \
            of Hugging Face's tools share, where --student ORG/NAME finds them; present files are not fetched again, partial \
            ones are resumed, and every file's digest is checked.

            HF_ENDPOINT names another Hub, HF_HUB_CACHE or HF_HOME another cache, HF_TOKEN (or the file that hf auth login \
            wrote) the token for private and gated models. HTTPS_PROXY, NO_PROXY and CURL_CA_BUNDLE work as with curl.
            """)

    @Argument(help: ArgumentHelp("The model.", valueName: "org/name"))
    var model: String

    @Option(help: ArgumentHelp("A branch, tag or commit.", valueName: "revision"))
    var revision = "main"

    func run() async throws {
        let model = try HubModel(model, revision: revision)
        let environment = ProcessInfo.processInfo.environment
        let endpoint = environment["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 } ?? "https://huggingface.co"
        guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://") else {
            throw UsageError("HF_ENDPOINT \(endpoint): give an address like https://hub.example.com")
        }
        let client = HubClient(endpoint: endpoint, transport: try HTTPClient(), token: try HubToken.find(environment: environment))
        let pull = HubPull(client, into: HubCache(environment: environment))
        let folder = try await CancellableWork.run {
            let plan = try await pull.plan(model)
            let meter = Meter(total: plan.missingBytes)
            let folder = try await pull(plan) { meter.add($0) }
            meter.finish(files: plan.missing.count, of: plan.files.count)
            return folder
        }
        Console.result(folder.path)
    }
}

/// Shows the number of megabytes received. Called from the transport's thread and from tasks; `lock` guards the state.
private final class Meter: @unchecked Sendable {
    private static let unit = 1_000_000
    private let lock = NSLock()
    private var bytes = 0
    private var progress: Progress

    init(total: Int) {
        progress = Progress("pull", of: max(1, total / Self.unit), "MB")
    }

    func add(_ count: Int) {
        lock.withLock {
            bytes += count
            progress.update(bytes / Self.unit)
        }
    }

    func finish(files: Int, of all: Int) {
        lock.withLock { progress.finish(note: files == 0 ? "all \(all) files were there" : "\(files) of \(all) files fetched") }
    }
}
