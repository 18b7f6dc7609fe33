import Foundation
package import PladRecords
import PladTensor
import PladTokenizer

/// Beam search over the completions of prompts, without chance.
///
/// A prompt's `width` likeliest unfinished completions go forward together; one that ends is finished with its log-probability per
/// token. The search of a prompt ends where no unfinished one can pass the worst of `width` finished ones. The same completions as
/// `generate(num_beams: width)` of transformers, with its usual `length_penalty` 1 and without `early_stopping`.
package final class BeamSearch {
    private let student: Student
    private let model: DecodeModel
    private let width: Int
    private let maxTokens: Int
    private var logits = AlignedBuffer(count: 0)

    /// An unfinished completion.
    private struct Beam {
        var ids: [TokenID] = []
        var sum = 0.0
        var cache: KeyValueCache
    }

    private struct Finished {
        var ids: [TokenID]
        var sum: Double
        var reason: FinishReason

        var score: Double { sum / Double(max(1, ids.count)) }
    }

    /// A prompt's search.
    private struct Search {
        let prefix: DecodeModel.Prefix
        let room: Int
        var beams: [Beam]
        var finished: [Finished] = []
    }

    /// One token more for one beam.
    private struct Step: Comparable {
        var sum: Double
        var beam: Int
        var token: TokenID

        /// The likelier first; of equal ones that of the earlier beam, then of the lower id.
        static func < (a: Step, b: Step) -> Bool { a.sum != b.sum ? a.sum > b.sum : (a.beam, a.token) < (b.beam, b.token) }
    }

    /// - Parameters:
    ///   - width: unfinished completions of a prompt that go forward together, at least 1.
    ///   - maxTokens: the most tokens of a completion.
    package init(student: Student, width: Int, maxTokens: Int) {
        precondition(width >= 1 && maxTokens >= 1, "\(width) beams of \(maxTokens) tokens")
        (self.student, self.width, self.maxTokens) = (student, width, maxTokens)
        model = DecodeModel(student: student, weights: .float32)
    }

    /// The best completion of each prompt.
    ///
    /// Throws `StudentError.context` when a prompt is empty, fills the context or holds an unknown id, `.tensors` when logits are not finite.
    package func callAsFunction(_ prompts: [[TokenID]]) throws -> [Sample] {
        for (number, prompt) in prompts.enumerated() {
            guard !prompt.isEmpty, student.configuration.room(prompt: prompt.count) > 0 else {
                throw StudentError(
                    .context, "prompt \(number + 1) has \(prompt.count) tokens, of a context of \(student.configuration.contextLength)")
            }
            try student.check(prompt) { "prompt \(number + 1)" }
        }
        var searches = zip(prompts, model.prefill(prompts)).map { prompt, prefix in
            Search(
                prefix: prefix, room: min(maxTokens, student.configuration.room(prompt: prompt.count)), beams: [Beam(cache: makeCache())])
        }
        for index in searches.indices {
            try extend(&searches[index], logits: searches[index].prefix.logits.pointer)
        }
        while searches.contains(where: { !$0.beams.isEmpty }) {
            let rows = searches.flatMap { search in search.beams.map { row($0, search.prefix) } }
            let vocabulary = student.configuration.vocabularySize
            if logits.count < rows.count * vocabulary { logits = AlignedBuffer(count: rows.count * vocabulary) }
            model.step(rows, into: logits.pointer)
            try student.weights.requireUnchanged()
            var first = 0
            for index in searches.indices where !searches[index].beams.isEmpty {
                let count = searches[index].beams.count
                try extend(&searches[index], logits: logits.pointer + first * vocabulary)
                first += count
            }
        }
        return searches.map { search in
            let best = search.finished.max { $0.score < $1.score }!
            return Sample(
                ids: best.ids, text: student.tokenizer.decodeContinuation(best.ids), finishReason: best.reason,
                logProbability: Float(best.sum))
        }
    }

    private func makeCache() -> KeyValueCache { model.makeCache(capacity: min(maxTokens, 64)) }

    private func row(_ beam: Beam, _ prefix: DecodeModel.Prefix) -> DecodeModel.Row {
        DecodeModel.Row(token: beam.ids[beam.ids.count - 1], position: prefix.count + beam.ids.count - 1, prefix: prefix, own: beam.cache)
    }

    /// Takes a search one token further. `logits`, [beams, V], are of what follows each beam.
    private func extend(_ search: inout Search, logits: UnsafePointer<Float>) throws {
        let vocabulary = student.configuration.vocabularySize
        var steps: [Step] = []
        for (index, beam) in search.beams.enumerated() {
            steps += try likeliest(logits + index * vocabulary, after: beam.sum, beam: index)
        }
        steps.sort()
        var beams: [(beam: Int, token: TokenID, sum: Double)] = []
        for (rank, step) in steps.prefix(2 * width).enumerated() where beams.count < width {
            if student.endOfSequence.contains(step.token) {
                // An end that is not among the likeliest `width` steps is none.
                guard rank < width else { continue }
                finish(&search, search.beams[step.beam].ids + [step.token], step.sum, .stop)
            } else {
                beams.append((step.beam, step.token, step.sum))
            }
        }
        let length = search.beams[0].ids.count + 1
        if length >= search.room {
            // Cut off: what is among the likeliest `width` steps.
            for step in steps.prefix(width) where !student.endOfSequence.contains(step.token) {
                finish(&search, search.beams[step.beam].ids + [step.token], step.sum, .length)
            }
            search.beams = []
            return
        }
        let isDone =
            search.finished.count == width && search.finished.map(\.score).min()! >= (beams.first?.sum ?? -.infinity) / Double(length)
        if isDone || beams.isEmpty {
            search.beams = []
            return
        }
        search.beams = fork(search.beams, beams)
    }

    /// Keeps the best `width` finished completions.
    private func finish(_ search: inout Search, _ ids: [TokenID], _ sum: Double, _ reason: FinishReason) {
        search.finished.append(Finished(ids: ids, sum: sum, reason: reason))
        guard search.finished.count > width else { return }
        let worst = search.finished.indices.min { search.finished[$0].score < search.finished[$1].score }!
        search.finished.remove(at: worst)
    }

    /// The beams of the next step; the first that goes on from a beam takes its cache, others a copy.
    private func fork(_ beams: [Beam], _ steps: [(beam: Int, token: TokenID, sum: Double)]) -> [Beam] {
        var isTaken = Set<Int>()
        // Copied before the cache is written to: all of this before the next step.
        return steps.map { step in
            let parent = beams[step.beam]
            let cache = isTaken.insert(step.beam).inserted ? parent.cache : KeyValueCache(copying: parent.cache)
            return Beam(ids: parent.ids + [step.token], sum: step.sum, cache: cache)
        }
    }

    /// The 2 · `width` likeliest tokens after a beam: enough for all beams even if half of them end there.
    private func likeliest(_ logits: UnsafePointer<Float>, after sum: Double, beam: Int) throws -> [Step] {
        let vocabulary = student.configuration.vocabularySize
        var (peak, total) = (-Float.infinity, Float(0))
        accumulateLogSumExp(logits, stride: vocabulary, rows: 1, columns: vocabulary, greatest: &peak, total: &total)
        guard peak.isFinite, total.isFinite else {
            throw StudentError(.tensors, "the student's logits are not finite: its weights are damaged or training diverged")
        }
        let logSumExp = Double(peak) + log(Double(total))
        let count = min(2 * width, vocabulary)
        var best: [(logit: Float, token: Int)] = []
        for token in 0..<vocabulary where best.count < count || logits[token] > best[count - 1].logit {
            if best.count == count { best.removeLast() }
            let place = best.firstIndex { $0.logit < logits[token] } ?? best.count
            best.insert((logits[token], token), at: place)
        }
        return best.map { Step(sum: sum + Double($0.logit) - logSumExp, beam: beam, token: TokenID($0.token)) }
    }
}
