import Foundation
import Mustache
import PladRecords

/// Renders `report.html`: one page without network access that shows what a run did and how its student changed.
///
/// The same input gives the same bytes. Texts of teacher and students are untrusted data: they are escaped, and the page's content
/// security policy allows no script but its own.
package enum ReportPage {
    package static func html(_ input: ReportInput) -> String {
        template.render(View(input))
    }

    private static let template: MustacheTemplate = {
        MustacheContentTypes.register(ScalarHTML(), named: ScalarHTML.name)
        do {
            return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(ScalarHTML.name)}}" + ReportResources.page)
        } catch {
            preconditionFailure("the report's template does not parse: \(error)")
        }
    }()

    /// The values that the template names.
    private struct View {
        let title: String
        let now: String?
        let state: String
        let policy: String
        let style = ReportResources.style
        let script: String
        let headline: String
        let facts: String
        let run: [ListView.Item]
        let students: StudentsView?
        let training: [TrainingView]
        let data: DataView?
        let answers: CompletionsView?
        let lists: [ListView]

        init(_ input: ReportInput) {
            title = input.title.isEmpty ? "run" : input.title
            now = input.live?.now
            state = input.live?.state ?? ""
            script = input.live == nil ? ReportResources.script : ReportResources.script + "\n" + ReportResources.live
            policy = ReportPage.policy(script: script, isLive: input.live != nil)
            headline = Headline.text(input.evaluation, heldOut: input.heldOut)
            facts = Headline.facts(input)
            run = ListView("", input.facts)?.items ?? []
            students = input.evaluation.flatMap { StudentsView($0) }
            training = TrainingView.groups(of: input.log)
            data = DataView(input)
            answers = input.evaluation.flatMap { CompletionsView($0) }
            lists = [ListView("Settings", input.settings), ListView("SHA-256 of what was read and written", input.hashes)].compactMap { $0 }
        }
    }

    /// The content security policy: loads nothing and runs only the scripts with the given digests; a live page may ask its server for
    /// changes.
    private static func policy(script: String, isLive: Bool) -> String {
        let digests = [("style-src", ReportResources.style), ("script-src", script)].map { source, text in
            "\(source) 'sha256-\(Data(Digest(of: text).bytes).base64EncodedString())'"
        }
        let parts =
            ["default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"] + (isLive ? ["connect-src 'self'"] : [])
        return (parts + digests).joined(separator: "; ")
    }
}

/// A list of names and values.
struct ListView {
    struct Item {
        let name: String
        let value: String
    }

    let caption: String
    let items: [Item]

    init?(_ caption: String, _ settings: [ReportInput.Setting]) {
        guard !settings.isEmpty else { return nil }
        self.caption = caption
        items = settings.map { Item(name: $0.name, value: $0.value.isEmpty ? "–" : $0.value.clipped(toEscaped: 2000)) }
    }
}
