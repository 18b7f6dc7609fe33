import Foundation
import PladHTTP
import PladDistill
import PladRecords
import PladReport
import PladServer

/// Serves a run's page during the run. Only reads the records, and only after one of them changed.
final class ReportServer: RequestHandler {
    private let path: String
    private struct Page {
        /// Digest of the records' state when the page was made.
        var state: String
        var html: Data
        /// Time until which the page is served even if the records have changed.
        var keptUntil: ContinuousClock.Instant
    }

    private let page = Locked<Page?>(nil)

    init(path: String) {
        self.path = path
    }

    func handle(_ request: ServerRequest, on exchange: ServerExchange) async {
        try? await exchange.send(response(to: request))
    }

    func response(to problem: HTTPProblem) -> HTTPResponse {
        Self.text(problem.status, problem.message)
    }

    private func response(to request: ServerRequest) -> HTTPResponse {
        // A page elsewhere whose name was pointed at this machine must not read the run.
        guard let host = request.headers["host"]?.lowercased().replacing(/:[0-9]+$/, with: "") else {
            return Self.text(400, "the header field Host is missing")
        }
        guard ["127.0.0.1", "localhost", "[::1]"].contains(host) else { return Self.text(403, "this page is for this machine only") }
        guard request.path == "/" else { return Self.text(404, "there is one page, at /") }
        guard ["GET", "HEAD"].contains(request.method) else { return Self.text(405, "GET this page") }
        do {
            let (state, html) = try current()
            return HTTPResponse(
                status: 200,
                headers: ["Content-Type": "text/html; charset=utf-8", "ETag": "\"\(state)\"", "Cache-Control": "no-store"], body: html)
        } catch let failure as any Failure {
            return Self.text(503, failure.message)
        } catch {
            return Self.text(503, "\(error)")
        }
    }

    /// The page for the present records, or for those of a moment ago: making it takes at most a tenth of the time, so that a watched
    /// run is not slowed down.
    private func current() throws -> (state: String, html: Data) {
        let state = try fingerprint()
        let start = ContinuousClock.now
        if let page = page.withLock({ $0 }), page.state == state || start < page.keptUntil { return (page.state, page.html) }
        let run = try Run(in: path)
        let input = try RunReport(run: run).input(live: ReportInput.Live(now: run.currentStage, state: state))
        let html = Data(ReportPage.html(input).utf8)
        let end = ContinuousClock.now
        page.withLock { $0 = Page(state: state, html: html, keptUntil: end + start.duration(to: end) * 10) }
        return (state, html)
    }

    /// A digest that changes when a record or a stage's result does.
    private func fingerprint() throws -> String {
        let folder = RunFolder(path)
        let files = [
            folder.record, folder.teacher, folder.samples, folder.pairs, folder.drops, folder.log, folder.liveLog, folder.evaluation,
            folder.teach, folder.judges, folder.checkpoint("warm-up"), folder.student,
        ]
        let parts = files.map { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
            let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(file.lastPathComponent) \(attributes?[.size] ?? 0) \(changed)"
        }
        return String(Digest(of: parts.joined(separator: "\n")).description.prefix(16))
    }

    private static func text(_ status: Int, _ message: String) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Data((message + "\n").utf8))
    }
}
