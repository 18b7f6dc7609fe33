import CCrypto
package import Foundation
import PladRecords

/// A file of a model, as the Hub's tree lists it.
package struct HubFile: Sendable, Hashable {
    /// Largest size of one file, 4 TiB, so that the sum over a model's files cannot overflow.
    package static let mostBytes = 1 << 42
    package static let mostFiles = 10_000

    /// Path below the model's folder; here always a plain name.
    package let path: String
    package let bytes: Int
    /// Name of the blob: the SHA-256 of a large file's content (64 digits), the Git blob id of another's (40 digits).
    package let etag: String

    package init(path: String, bytes: Int, etag: String) {
        self.path = path
        self.bytes = bytes
        self.etag = etag
    }

    /// True if this file's content has the expected digest. Reads all of it.
    package func matches(_ content: Data) -> Bool {
        content.count == bytes && (etag.count == 64 ? Digest(of: content).description : Self.gitBlob(content)) == etag
    }

    /// The SHA-1 of Git's header and the content. Source: Pro Git, 2nd edition, §10.2.
    private static func gitBlob(_ content: Data) -> String {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: 20)
        let header = Array("blob \(content.count)\0".utf8)
        let ok =
            EVP_DigestInit_ex(context, EVP_sha1(), nil) == 1 && EVP_DigestUpdate(context, header, header.count) == 1
            && content.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) } == 1
            && EVP_DigestFinal_ex(context, &output, nil) == 1
        precondition(ok, "EVP_Digest of SHA-1 failed")
        return output.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension HubFile {
    /// The files that a student needs among those at the top of a model's tree: configuration, tokenizer, and weights in safetensors,
    /// whole or in shards but not both.
    package static func needed(of files: [HubFile]) -> [HubFile] {
        let hasWhole = files.contains { $0.path == "model.safetensors" }
        return files.filter { file in
            if names.contains(file.path) { return true }
            guard !hasWhole else { return false }
            return file.path == "model.safetensors.index.json" || file.path.wholeMatch(of: /model-\d+-of-\d+\.safetensors/) != nil
        }
    }

    private static let names: Set = [
        "config.json", "generation_config.json", "model.safetensors",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
        "tokenizer.model", "spiece.model", "chat_template.jinja", "chat_template.json",
        "adapter_config.json", "adapter_model.safetensors",
    ]
}
