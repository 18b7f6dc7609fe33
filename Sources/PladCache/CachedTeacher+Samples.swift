package import PladRecords
import PladTeacher

/// Several completions of one prompt.
extension CachedTeacher {
    /// Completions for all the samples, like `completion` for one. Those that are not recorded are requested together if the endpoint can
    /// do that; each gets its own row, under the key that it would have alone.
    package func completions(of messages: [Message], _ parameters: SamplingParameters, samples: Range<Int>) async -> [Result<
        SourcedCompletion, any Error
    >] {
        let requests = samples.map { request(asking: messages, parameters, sample: $0) }
        let completions = await completions(of: requests)
        counts.withLock { counts in
            for case .success(let completion) in completions { counts.add(completion) }
        }
        return completions
    }

    private func completions(of requests: [TeacherRequest]) async -> [Result<SourcedCompletion, any Error>] {
        switch mode {
        case .record(let teacher) where requests.count > 1: return await ask(teacher, requests, replacing: false)
        case .refresh(let teacher) where requests.count > 1: return await ask(teacher, requests, replacing: true)
        default:
            var completions: [Result<SourcedCompletion, any Error>] = []
            for request in requests { completions.append(await result { try await self.completion(of: request) }) }
            return completions
        }
    }

    private func ask(_ teacher: any Teacher, _ requests: [TeacherRequest], replacing: Bool) async -> [Result<SourcedCompletion, any Error>]
    {
        let keys = requests.map { CompletionKey.digest(of: $0).description }.joined(separator: " ")
        do {
            let (completions, isOwn) = try await together.value(for: Digest(of: keys)) { [self] in
                try await fresh(teacher, requests, replacing: replacing)
            }
            return isOwn ? completions : completions.map { $0.map(\.shared) }
        } catch {
            return requests.map { _ in .failure(error) }
        }
    }

    private func fresh(_ teacher: any Teacher, _ requests: [TeacherRequest], replacing: Bool) async throws -> [Result<
        SourcedCompletion, any Error
    >] {
        var completions = [Result<SourcedCompletion, any Error>?](repeating: nil, count: requests.count)
        for (index, request) in requests.enumerated() {
            completions[index] = try await known(request, replacing: replacing).map { recorded in Result { try self.sourced(recorded) } }
        }
        let missing = requests.indices.filter { completions[$0] == nil }
        // One alone may be under way for somebody else here; another process may be asking any of them.
        var granted: [Int] = []
        for index in missing where missing.count > 1 {
            switch try await cache.claim(requests[index], replacing: replacing, run: run) {
            case .granted: granted.append(index)
            case .answered(let recorded): completions[index] = Result { try self.sourced(recorded) }
            // Asked for alone, it says why.
            case .taken, .inBatch: break
            }
        }
        do {
            while let replies = try await teacher.replies(to: granted.map { requests[$0] }) {
                let kept = try await keep(replies, to: granted.map { requests[$0] }, replacing: replacing)
                for (index, completion) in zip(granted, kept) { completions[index] = completion }
                granted.removeFirst(kept.count)
            }
        } catch {
            for index in granted {
                cache.release(requests[index])
                completions[index] = .failure(error)
            }
        }
        let alone = missing.filter { completions[$0] == nil }
        await withTaskGroup(of: (Int, Result<SourcedCompletion, any Error>).self) { group in
            for index in alone {
                group.addTask { (index, await self.result { try await self.ask(teacher, requests[index], replacing: replacing) }) }
            }
            for await (index, completion) in group { completions[index] = completion }
        }
        return completions.map { $0! }
    }

    /// The completions that one response brought to the first of the requests, once all of them are on the disk.
    private func keep(_ replies: [Reply], to requests: [TeacherRequest], replacing: Bool) async throws -> [Result<
        SourcedCompletion, any Error
    >] {
        let stored = zip(requests, replies).map { StoredCompletion($0, $1) }
        counts.withLock { counts in
            for reply in replies { counts.add(reply) }
        }
        let held = try await keep(stored, of: replies[0], replacing: replacing)
        return zip(replies, zip(stored, held)).map { reply, rows in
            if rows.0 != rows.1 { return Result { try self.sourced(rows.1) } }
            return .success(SourcedCompletion(completion: reply.completion, source: .asked, key: rows.1.key, attempts: rows.1.attempts))
        }
    }

    private func result(_ body: () async throws -> SourcedCompletion) async -> Result<SourcedCompletion, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
