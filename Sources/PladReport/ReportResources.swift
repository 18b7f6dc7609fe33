/// The parts of the page that are no Swift, which lie under Resources and are compiled in.
enum ReportResources {
    /// The page, as Mustache. Three braces stand only around the page's own style, script and drawings.
    static let page = text(PackageResources.report_html)

    /// How the page looks: ink on paper by day and by night, one accent, no decoration. Every text reaches a contrast of 4.5 to 1 on
    /// its background (WCAG 2.2, 1.4.3).
    static let style = text(PackageResources.report_css)

    /// What filters the answers; without it the page shows all of them.
    static let script = text(PackageResources.report_js)

    /// What a live page does besides: it asks its server every two seconds whether there is news, and then loads itself again as it
    /// was left: scrolled, opened, filtered.
    static let live = text(PackageResources.live_js)

    /// A file without its last line's end.
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.dropLast(), as: UTF8.self) }
}
