import Foundation
import PladHTTP
import PladRecords

extension HubClient {
    /// The commit that the model's revision names at present.
    func commit(of model: HubModel) async throws -> String {
        let revision = model.revision.replacingOccurrences(of: "/", with: "%2F")
        let (document, _) = try await document("/api/models/\(model)/revision/\(revision)", of: model)
        guard let commit = document["sha"]?.string, Self.isHexadecimal(commit, 40) else {
            throw HubError(.mismatch, "\(endpoint) names no commit for \(model) at \(model.revision)")
        }
        return commit
    }

    /// The files at the top of the model's tree. Names, sizes and digests are validated.
    func files(of model: HubModel, at commit: String) async throws -> [HubFile] {
        var files: [HubFile] = []
        var next: String? = "/api/models/\(model)/tree/\(commit)"
        var pages = 0
        while let path = next {
            let (document, response) = try await document(path, of: model)
            guard let entries = document.array else { throw HubError(.mismatch, "\(endpoint)\(path) is not a list of files") }
            files += try entries.compactMap { try file($0, of: model) }
            guard files.count <= HubFile.mostFiles else {
                throw HubError(.mismatch, "\(endpoint) lists more than \(HubFile.mostFiles) files of \(model); no model has so many")
            }
            pages += 1
            next = pages < 100 ? response.headers["link"].flatMap(following) : nil
        }
        return files
    }

    /// The file of a tree entry; nil for folders, and for names that are not a plain file name.
    private func file(_ entry: JSONValue, of model: HubModel) throws -> HubFile? {
        guard entry["type"] == "file", let path = entry["path"]?.string, !path.contains("/"), !path.hasPrefix(".") else { return nil }
        let large = entry["lfs"]
        guard let bytes = (large?["size"] ?? entry["size"])?.int, (0...HubFile.mostBytes).contains(bytes),
            let etag = (large?["oid"] ?? entry["oid"])?.string,
            Self.isHexadecimal(etag, large?["oid"] == nil ? 40 : 64)
        else {
            throw HubError(
                .mismatch, "\(endpoint) lists \(path) of \(model) without a size (at most \(HubFile.mostBytes) bytes) and digest")
        }
        return HubFile(path: path, bytes: bytes, etag: etag)
    }

    /// The path of the next page, if it is on the Hub itself. Source: RFC 8288.
    private func following(_ link: String) -> String? {
        guard let match = link.firstMatch(of: /<([^>]+)>\s*;\s*rel="next"/) else { return nil }
        return match.1.hasPrefix(endpoint) ? String(match.1.dropFirst(endpoint.count)) : match.1.hasPrefix("/") ? String(match.1) : nil
    }

    private static func isHexadecimal(_ text: String, _ digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
