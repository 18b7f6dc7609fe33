import Foundation
import PladCache
import PladRecords
import PladStudent
import PladTeacher
import PladTraining

/// The cost of a run before it starts: the completions that are paid for already, and the bounds for the others.
package struct DryRun: Encodable {
    package var wanted = 0
    /// Number of completions in the cache, or asked once for several.
    package var cached = 0
    /// Number of completions in an open batch, where they are paid for.
    package var inBatch = 0
    package var toAsk = 0
    /// Number of prompt tokens to send: at four bytes a token, and at one.
    package var promptTokensAtLeast = 0
    package var promptTokensAtMost = 0
    /// Number of completion tokens if all reach their limit; nil if the requests have none.
    package var completionTokensAtMost: Int? = 0
    /// Cost of the prompts only, and upper bound; nil if the price is not known.
    package var dollarsAtLeast: Double?
    package var dollarsAtMost: Double?
    /// Number of the warm-up's optimiser steps, if every completion arrives.
    package var warmUpSteps = 0
    /// Memory of the ranking in bytes, if completions and samples reach their limit; nil without a student.
    package var trainingBytes: Int?

    /// Looks every completion up and prices the missing ones. Sends nothing, opens no connection and starts no run.
    package init(_ run: Run) async throws {
        let settings = run.settings.teacher
        let price = settings.batch ? settings.resolvedPrice?.batched : settings.resolvedPrice
        let file = settings.cacheFile
        let teacher = try settings.resolved()
        // A key or header that would be refused is refused here.
        if !settings.replay, settings.remote != nil { _ = try settings.access(to: teacher.asked()) }
        let cache = Files.exists(file) ? try CompletionCache(opening: file, for: .reading) : nil
        var (least, most) = (Money.zero, Money.zero as Money?)
        var seen: Set<Digest> = []
        for one in run.wantedAtLeast {
            let request = teacher.request(
                asking: run.wording.messages(for: one.prompt), run.teacherParameters, sample: one.sample)
            wanted += 1
            guard seen.insert(CompletionKey.digest(of: request)).inserted else {
                cached += 1
                continue
            }
            if !settings.refresh, let cache, try await cache.find(request) != nil {
                cached += 1
                continue
            }
            if try cache?.openBatch(holding: request) != nil {
                inBatch += 1
                continue
            }
            toAsk += 1
            let bytes = request.bodyText.utf8.count
            promptTokensAtLeast += bytes / 4
            promptTokensAtMost += bytes
            completionTokensAtMost = request.tokenLimit.flatMap { limit in
                completionTokensAtMost.map { Int(clamping: Int128($0) + Int128(limit) * Int128(request.answers)) }
            }
            least = least + (price?.cost(promptTokens: bytes / 4, completionTokens: 0) ?? .zero)
            most = price?.most(for: request).flatMap { one in most.map { $0 + one } }
        }
        warmUpSteps = run.settings.warmUpTraining(parameters: 1).stepCount(pairs: run.wantedAtLeast.count { $0.split == .train })
        trainingBytes = try run.settings.student.model == nil ? nil : run.trainingMemory().total
        dollarsAtLeast = price == nil ? nil : least.dollars
        dollarsAtMost = price == nil ? nil : most?.dollars
    }
}

extension Run {
    /// Upper bound of the ranking's memory: pairs of the longest prompts whose sides reach the token limit.
    fileprivate func trainingMemory() throws -> MemoryPlan {
        let student = try Student(at: student, threads: 1)
        try settings.adapter.attach(to: student, seed: 0)
        let limit = settings.teacher.maxTokens ?? 256
        let lengths = try sampledPrompts.map { try wording.student($0.prompt, student.tokenizer).ids.count }.sorted(by: >)
        var (pass, rows): ([(prompt: Int, completions: [Int])], Int) = ([], 0)
        for length in lengths.prefix(settings.optimiser.batchSize ?? 32) where rows < settings.optimiser.rowsPerPass {
            pass.append((length, [limit, limit]))
            rows += length + 2 * limit
        }
        return MemoryPlan(
            student.shape, pass: pass, threads: try settings.student.threadCount, guarded: settings.ranking.onCollapse != .off)
    }
}
