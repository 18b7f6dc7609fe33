import Foundation
import PladCache
import PladRecords
import PladTeacher

/// What `--dry-run` finds: how much of the asking is paid for already, and what the rest can cost.
struct DryRun: Encodable {
    var questions = 0
    /// In the cache, or asked once for several.
    var cached = 0
    /// In a batch that is not over, and paid for there.
    var inBatch = 0
    var toAsk = 0
    /// Of those to ask: at four bytes a token, and at one.
    var promptTokensAtLeast = 0
    var promptTokensAtMost = 0
    /// Of those to ask, if every answer went to its limit; nil where the requests set none.
    var completionTokensAtMost: Int? = 0
    /// At least the prompts; nil where the price is not known.
    var dollarsAtLeast: Double?
    var dollarsAtMost: Double?

    /// Looks every question up and prices those that are not there. Asks nobody, opens no connection and begins no run.
    init(_ run: Run) async throws {
        let options = run.options.teacher
        let price = try options.batch ? options.resolvedPrice()?.batched : options.resolvedPrice()
        let file = URL(fileURLWithPath: options.cache ?? CacheFileOptions.usual)
        let dialect = try options.resolvedDialect()
        let endpoint = try options.remote.map { try Endpoint($0, dialect: dialect) }
        guard let teacher = options.teacherID ?? endpoint?.origin else {
            throw UsageError("--remote is missing: give the teacher's URL, or the --teacher-id it was recorded under")
        }
        let cache = Files.exists(file) ? try AnswerCache(opening: file, for: .reading) : nil
        let path = endpoint?.path ?? dialect.path(from: "")
        var (least, most) = (Money.zero, Money.zero as Money?)
        var seen: Set<Digest> = []
        for question in run.questionsAtLeast {
            let request = dialect.request(
                teacher: teacher, path: path, asking: run.wording.messages(for: question.prompt), run.teacherParameters,
                sample: question.sample)
            questions += 1
            guard seen.insert(AnswerKey.digest(of: request)).inserted else {
                cached += 1
                continue
            }
            if !options.refresh, let cache, try await cache.find(request) != nil {
                cached += 1
                continue
            }
            if !options.refresh, try cache?.openBatch(holding: request) != nil {
                inBatch += 1
                continue
            }
            toAsk += 1
            let bytes = request.bodyText.utf8.count
            promptTokensAtLeast += bytes / 4
            promptTokensAtMost += bytes
            completionTokensAtMost = request.tokenLimit.flatMap { limit in completionTokensAtMost.map { $0 + limit * request.answers } }
            least = least + (price?.cost(promptTokens: bytes / 4, completionTokens: 0) ?? .zero)
            most = price?.most(for: request).flatMap { one in most.map { $0 + one } }
        }
        dollarsAtLeast = price == nil ? nil : least.dollars
        dollarsAtMost = price == nil ? nil : most?.dollars
    }

    /// For a person.
    func sentences(_ options: DistillOptions) -> [String] {
        let open = inBatch == 0 ? "" : "\(inBatch) in open batches, "
        var lines = ["\(questions) questions: \(cached) in the cache or asked once for several, \(open)\(toAsk) to ask"]
        if let pairs = options.prompts.pairs {
            lines.append("pairs      \(pairs) are wanted: further prompts are asked in the place of answers that cannot be used")
        }
        guard toAsk > 0 else { return lines }
        lines.append(
            "tokens     \(promptTokensAtLeast) to \(promptTokensAtMost) of prompts, "
                + (completionTokensAtMost.map { "up to \($0) of answers" } ?? "answers without a limit"))
        let source = options.teacher.priceSource + (options.teacher.batch ? ", of which a batch costs half" : "")
        switch (dollarsAtLeast, dollarsAtMost) {
        case (let least?, let most?):
            lines.append("cost       \(Money(dollars: least)) to \(Money(dollars: most)), by \(source)")
        case (let least?, nil): lines.append("cost       \(Money(dollars: least)) or more, by \(source)")
        default: lines.append("cost       unknown: give --price in,out in dollars per million tokens")
        }
        return lines
    }
}

extension Run {
    /// Carries `--dry-run` out: says what asking would take, and begins nothing.
    static func rehearse(_ options: DistillOptions) async throws {
        let run = try Run(options, isRehearsal: true)
        try run.options.teacher.check()
        let result = try await DryRun(run)
        if options.run.json { return try Console.result(line: result) }
        for line in result.sentences(run.options) { Console.result(line) }
    }
}
