package import PladRecords
import PladTeacher

/// Several completions of one prompt.
extension CachedTeacher {
    /// Completions for all the samples, like `answer` for one. Those that are not recorded are requested together if the endpoint can
    /// do that; each gets its own row, under the key that it would have alone.
    package func answers(to messages: [Message], _ parameters: SamplingParameters, samples: Range<Int>) async -> [Result<Answer, any Error>]
    {
        let requests = samples.map { request(asking: messages, parameters, sample: $0) }
        let answers = await answers(to: requests)
        counts.withLock { counts in
            for case .success(let answer) in answers { counts.add(answer) }
        }
        return answers
    }

    private func answers(to requests: [TeacherRequest]) async -> [Result<Answer, any Error>] {
        switch mode {
        case .record(let teacher) where requests.count > 1: return await ask(teacher, requests, replacing: false)
        case .refresh(let teacher) where requests.count > 1: return await ask(teacher, requests, replacing: true)
        default:
            var answers: [Result<Answer, any Error>] = []
            for request in requests { answers.append(await result { try await self.answer(to: request) }) }
            return answers
        }
    }

    private func ask(_ teacher: any Teacher, _ requests: [TeacherRequest], replacing: Bool) async -> [Result<Answer, any Error>] {
        let keys = requests.map { AnswerKey.digest(of: $0).description }.joined(separator: " ")
        do {
            let (answers, isOwn) = try await together.value(for: Digest(of: keys)) { [self] in
                try await fresh(teacher, requests, replacing: replacing)
            }
            return isOwn ? answers : answers.map { $0.map(\.shared) }
        } catch {
            return requests.map { _ in .failure(error) }
        }
    }

    private func fresh(_ teacher: any Teacher, _ requests: [TeacherRequest], replacing: Bool) async throws -> [Result<Answer, any Error>] {
        var answers = [Result<Answer, any Error>?](repeating: nil, count: requests.count)
        for (index, request) in requests.enumerated() {
            answers[index] = try await known(request, replacing: replacing).map { recorded in Result { try self.answer(recorded) } }
        }
        let missing = requests.indices.filter { answers[$0] == nil }
        // One alone may be under way for somebody else here; another process may be asking any of them.
        var granted: [Int] = []
        for index in missing where missing.count > 1 {
            switch try await cache.claim(requests[index], replacing: replacing, run: run) {
            case .granted: granted.append(index)
            case .answered(let recorded): answers[index] = Result { try self.answer(recorded) }
            // Asked for alone, it says why.
            case .taken, .inBatch: break
            }
        }
        do {
            while let replies = try await teacher.replies(to: granted.map { requests[$0] }) {
                let kept = try await keep(replies, to: granted.map { requests[$0] }, replacing: replacing)
                for (index, answer) in zip(granted, kept) { answers[index] = answer }
                granted.removeFirst(kept.count)
            }
        } catch {
            for index in granted {
                cache.release(requests[index])
                answers[index] = .failure(error)
            }
        }
        let alone = missing.filter { answers[$0] == nil }
        await withTaskGroup(of: (Int, Result<Answer, any Error>).self) { group in
            for index in alone {
                group.addTask { (index, await self.result { try await self.ask(teacher, requests[index], replacing: replacing) }) }
            }
            for await (index, answer) in group { answers[index] = answer }
        }
        return answers.map { $0! }
    }

    /// The completions that one response brought to the first of the requests, once all of them are on the disk.
    private func keep(_ replies: [Reply], to requests: [TeacherRequest], replacing: Bool) async throws -> [Result<Answer, any Error>] {
        let stored = zip(requests, replies).map { StoredCompletion($0, $1) }
        counts.withLock { counts in
            for reply in replies { counts.add(reply) }
        }
        let held = try await keep(stored, of: replies[0], replacing: replacing)
        return zip(replies, zip(stored, held)).map { reply, rows in
            if rows.0 != rows.1 { return Result { try self.answer(rows.1) } }
            return .success(Answer(completion: reply.completion, source: .asked, key: rows.1.key, attempts: rows.1.attempts))
        }
    }

    private func result(_ body: () async throws -> Answer) async -> Result<Answer, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
