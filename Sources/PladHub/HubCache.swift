package import Foundation
import PladRecords

/// The cache that all Hugging Face tools share: `models--ORG--NAME` with blobs by digest, a folder of links to them for each commit,
/// and the commit of each branch.
///
/// Source: Hugging Face Hub documentation, "Understand caching".
package struct HubCache: Sendable {
    package let root: URL

    package init(_ root: URL) {
        self.root = root
    }

    /// Finds the cache folder: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else in `XDG_CACHE_HOME/huggingface` or `~/.cache/huggingface`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        if let cache = environment["HF_HUB_CACHE"], !cache.isEmpty {
            root = URL(fileURLWithPath: cache)
        } else {
            root = Self.home(environment).appendingPathComponent("hub")
        }
    }

    static func home(_ environment: [String: String]) -> URL {
        if let home = environment["HF_HOME"], !home.isEmpty { return URL(fileURLWithPath: home) }
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
        return cache.appendingPathComponent("huggingface")
    }

    func folder(_ model: HubModel) -> URL { root.appendingPathComponent("models--\(model.organisation)--\(model.name)") }

    func blob(_ file: HubFile, of model: HubModel) -> URL { folder(model).appendingPathComponent("blobs/\(file.etag)") }

    package func snapshot(_ commit: String, of model: HubModel) -> URL { folder(model).appendingPathComponent("snapshots/\(commit)") }

    /// The cached snapshot of the model's revision; nil if there is none.
    package func snapshot(of model: HubModel) -> URL? {
        let reference = folder(model).appendingPathComponent("refs/\(model.revision)")
        let commit = (try? String(contentsOf: reference, encoding: .utf8)) ?? model.revision
        let snapshot = snapshot(commit.trimmingCharacters(in: .whitespacesAndNewlines), of: model)
        return Files.exists(snapshot) ? snapshot : nil
    }

    /// Links the file of a commit to its blob, by a relative path like Hugging Face's own.
    func link(_ file: HubFile, at commit: String, of model: HubModel) throws {
        let folder = snapshot(commit, of: model)
        try Files.makeFolder(folder)
        let place = folder.appendingPathComponent(file.path)
        let target = "../../blobs/\(file.etag)"
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: place.path)) == target { return }
        try? FileManager.default.removeItem(at: place)
        do {
            try FileManager.default.createSymbolicLink(atPath: place.path, withDestinationPath: target)
        } catch {
            throw HubError(.unwritable, "cannot write \(place.path): \(Files.reason(error))")
        }
    }

    /// Records the commit of the model's revision, unless the revision is a commit itself.
    func record(_ commit: String, of model: HubModel) throws {
        guard model.revision != commit else { return }
        try Data(commit.utf8).write(atomicallyTo: folder(model).appendingPathComponent("refs/\(model.revision)"))
    }
}
