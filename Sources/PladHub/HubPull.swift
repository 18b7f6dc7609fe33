package import Foundation
import PladHTTP
import PladRecords

/// Fetches a model's files into the cache; skips present files and resumes partial ones.
package struct HubPull: Sendable {
    package struct Plan: Sendable {
        package let model: HubModel
        package let commit: String
        package let files: [HubFile]
        /// Files that are not in the cache yet.
        package let missing: [HubFile]
        package var bytes: Int { files.map(\.bytes).reduce(0, +) }
        package var missingBytes: Int { missing.map(\.bytes).reduce(0, +) }
    }

    private let client: HubClient
    private let cache: HubCache

    package init(_ client: HubClient, into cache: HubCache) {
        self.client = client
        self.cache = cache
    }

    /// Asks the Hub for the model's files. Throws `HubError.unsuitable` for a model without files that plad reads.
    package func plan(_ model: HubModel) async throws -> Plan {
        let commit = try await client.commit(of: model)
        let all = try await client.files(of: model, at: commit)
        let files = HubFile.needed(of: all)
        let names = Set(files.map(\.path))
        guard names.contains("config.json") || names.contains("adapter_config.json") else {
            throw HubError(.unsuitable, "\(model) has no config.json: it is no model that plad reads")
        }
        guard names.contains(where: { $0.hasSuffix(".safetensors") }) else {
            let others = all.map(\.path).filter { $0.hasSuffix(".bin") || $0.hasSuffix(".gguf") || $0.hasSuffix(".pt") }
            let has = others.isEmpty ? "" : " (it has \(others.prefix(3).joined(separator: ", ")))"
            throw HubError(
                .unsuitable, "\(model) has no weights in safetensors\(has); plad reads those alone: try another revision or model")
        }
        return Plan(
            model: model, commit: commit, files: files, missing: files.filter { !Files.exists(cache.blob($0, of: model)) })
    }

    /// Fetches the missing files, four at a time, and returns the snapshot's folder.
    ///
    /// - Parameter onBytes: called with the number of bytes received, negative for bytes discarded.
    package func callAsFunction(_ plan: Plan, onBytes: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> URL {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The same content under two names is one blob.
            var seen: Set<String> = []
            var left = plan.missing.filter { seen.insert($0.etag).inserted }.makeIterator()
            for _ in 0..<4 { if let file = left.next() { group.addTask { try await fetch(file, plan, onBytes) } } }
            while try await group.next() != nil { if let file = left.next() { group.addTask { try await fetch(file, plan, onBytes) } } }
        }
        for file in plan.files { try cache.link(file, at: plan.commit, of: plan.model) }
        // Last, so that a revision never names a commit whose files are not all there.
        try cache.record(plan.commit, of: plan.model)
        return cache.snapshot(plan.commit, of: plan.model)
    }

    private func fetch(_ file: HubFile, _ plan: Plan, _ onBytes: @escaping @Sendable (Int) -> Void) async throws {
        let blob = cache.blob(file, of: plan.model)
        let partial = try PartialFile(URL(fileURLWithPath: blob.path + ".incomplete"), of: file, onBytes: onBytes)
        let url = "\(client.endpoint)/\(plan.model)/resolve/\(plan.commit)/\(file.path)"
        var (retrier, mismatches) = (client.retrier, 0)
        while true {
            if partial.isWhole {
                do {
                    return try partial.finish(as: blob)
                } catch let error as HubError where error.code == .mismatch && mismatches < 1 && file.bytes > 0 {
                    mismatches += 1
                }
            }
            let before = partial.bytes
            let outcome = try await client.send(url, of: plan.model) { request in
                var request = request
                request.idleTimeout = .seconds(60)
                request.receiver = partial
                request.acceptsCompression = false
                if before > 0 { request.headers.append(HTTPHeader("Range", "bytes=\(before)-")) }
                return request
            }
            if let problem = partial.takeProblem() {
                guard problem.code == .mismatch, mismatches < 1 else { throw problem }
                mismatches += 1
                try partial.clear()
                continue
            }
            // A response that brought something is progress, however it ended.
            if partial.bytes > before { retrier.begin() }
            switch outcome {
            case .response(let response) where response.status == 416: try partial.clear()
            case .response where partial.isWhole: continue
            case .response: try await client.goOn(&retrier, after: .unreadable("\(file.path) ended early"), of: plan.model)
            case .again(let outcome): try await client.goOn(&retrier, after: outcome, of: plan.model)
            }
        }
    }
}
