/// The files of the page under Resources, compiled in.
enum ReportResources {
    /// Mustache template of the page. Triple braces surround only the page's own style, script and drawings.
    static let page = text(PackageResources.report_html)

    /// Style sheet: light and dark, one accent colour, no decoration. Every text has a contrast of at least 4.5 to 1 with its
    /// background (WCAG 2.2, 1.4.3).
    static let style = text(PackageResources.report_css)

    /// Script that filters the completions; without it the page shows all of them.
    static let script = text(PackageResources.report_js)

    /// Script of a live page: asks the server every two seconds for changes, then reloads and restores scroll position, open parts and
    /// filters.
    static let live = text(PackageResources.live_js)

    /// The text of a file without its last line end.
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.dropLast(), as: UTF8.self) }
}
