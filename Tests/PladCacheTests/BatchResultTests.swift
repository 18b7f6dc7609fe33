import Foundation
import PladCache
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// What becomes of a batch's rows by what their results hold, and of the money for them.
@Suite struct BatchResultTests {
    private let folder: Folder
    private let cache: CompletionCache
    private let ledger: Ledger
    private let requests = (0..<3).map { request("q\($0)", SamplingParameters(maxTokens: 100)) }

    init() throws {
        folder = try Folder()
        cache = try CompletionCache(opening: folder["c.sqlite"], for: .writing)
        // A tenth of a cent a token: an answer costs 3 of them, and may cost 100.
        ledger = Ledger(cache, teacher: "t", model: "m", price: Price(input: 0, output: 1000), budget: Money(dollars: 1))
    }

    private func run(_ service: any BatchService) async throws -> BatchRun.Outcome {
        try await BatchRun(
            cache: cache, service: service, dialect: dialect, url: "http://h/v1/chat/completions",
            waits: (.milliseconds(1), .milliseconds(2)),
            ledger: ledger)(requests)
    }

    private func endpoint(of dialect: some Dialect) throws -> Endpoint { try Endpoint("http://h", dialect: dialect) }

    private func service(for endpoint: Endpoint, _ dialect: some Dialect, _ wire: BatchWire) -> (any BatchService)? {
        BatchServices.service(for: endpoint, dialect: dialect, wire: wire)
    }

    /// A batch of which the first row's result is `result`, and the others' are answers.
    private func outcome(_ result: BatchResult?) async throws -> BatchRun.Outcome {
        let first = CompletionKey.digest(of: requests[0]).description
        return try await run(
            ScriptedBatches(result: { $0.id == first ? result : .response(status: 200, body: Data(chatBody("fine").utf8)) }))
    }

    @Test(arguments: EndingWords.all)
    func aReasonMeansInABatchWhatItMeansAlone(word: String, reason: FinishReason) async throws {
        _ = try await outcome(.response(status: 200, body: Data(chatBody("Once a ship left the", finishReason: word).utf8)))
        let stored = try #require(try await cache.find(requests[0]))
        #expect(stored.finishReason == reason)
        let answer = try await CachedTeacher(cache: cache, dialect: dialect, teacher: "t", path: path, mode: .replay).completion(
            of: question("q0"), SamplingParameters(maxTokens: 100))
        #expect(answer.completion.finishReason == reason && answer.completion.ending == (reason == .other ? word : nil))
    }

    @Test func aPromptThatAnErrorWithholdsIsFilteredAndCostsNothing() async throws {
        let body = #"{"error":{"code":403,"message":"m requires moderation. Your input was flagged"}}"#
        let outcome = try await outcome(.response(status: 403, body: Data(body.utf8)))
        #expect(outcome.failures.isEmpty && outcome.paid == Money(dollars: 0.006))
        #expect(try await cache.find(requests[0])?.finishReason == .filtered)
    }

    @Test func countsThatCannotBeTrueCostTheMost() async throws {
        let body = chatBody("fine").replacing(
            "\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10", with: "\"prompt_tokens\":0,\"completion_tokens\":0")
        #expect(try await outcome(.response(status: 200, body: Data(body.utf8))).paid == Money(dollars: 0.106))
    }

    @Test(arguments: [
        (403, #"{"error":{"message":"Request blocked by rule 17"}}"#, TeacherError.Code.forbidden, false),
        (400, #"{"error":{"message":"no"}}"#, .rejected, false), (429, "{}", .exhausted, false), (500, "{}", .exhausted, false),
        (502, "<html></html>", .exhausted, true), (504, "{}", .exhausted, true), (200, "{}", .exhausted, true),
        (200, "null", .exhausted, true),
        (200, #"{"error":{"message":"upstream failed","code":500}}"#, .exhausted, true),
    ])
    func aRowWithoutAnAnswerIsFreeOrInDoubt(status: Int, body: String, code: TeacherError.Code, isInDoubt: Bool) async throws {
        let outcome = try await outcome(.response(status: status, body: Data(body.utf8)))
        #expect(outcome.failures.values.map(\.code) == [code])
        #expect(outcome.inDoubt == (isInDoubt ? Money(dollars: 0.1) : .zero))
        #expect(try cache.account().inBatches == .zero)
    }

    @Test func aRowThatWasTriedAndHasNoResultIsInDoubt() async throws {
        let outcome = try await outcome(nil)
        #expect(outcome.failures.count == 1 && outcome.inDoubt == Money(dollars: 0.1))
        #expect(try cache.account().inDoubt == Money(dollars: 0.1))
    }

    /// Results that name no row of the batch are not taken for rows that were never tried, however many they are.
    @Test(arguments: [true, false])
    func aBatchWithTheResultsOfAnotherStaysOpen(keepsNames: Bool) async throws {
        let service = ScriptedBatches(keepsNames: keepsNames, naming: { _ in "somebody-elses" })
        for _ in 0..<2 {
            let error = try await #require(throws: TeacherError.self) { try await run(service) }
            #expect(error.message.contains("it stays open"), "\(error)")
        }
        #expect(service.submitted.count == 1)
        #expect(try cache.submissions().map(\.isOpen) == [true] && cache.account().inBatches == Money(dollars: 0.3))
        try await cache.forget(try #require(try cache.submissions().first))
        #expect(try cache.account().inDoubt == Money(dollars: 0.3) && cache.account().inBatches == .zero)
    }

    @Test func rowsWhoseResultsAreNamedForAnotherAreInDoubt() async throws {
        let first = CompletionKey.digest(of: requests[0]).description
        let outcome = try await run(ScriptedBatches(naming: { _ in first }))
        #expect(outcome.answered.count == 1 && outcome.paid == Money(dollars: 0.003))
        #expect(outcome.failures.count == 2 && outcome.inDoubt == Money(dollars: 0.2))
        #expect(outcome.failures.values.allSatisfy { $0.message.contains("2 of its results are for a row that it does not have") })
        #expect(try cache.account().inDoubt == Money(dollars: 0.2))
    }

    @Test func aRowThatIsCalledUntriedBesideItsAnswerIsPaidFor() async throws {
        let names = requests.map { CompletionKey.digest(of: $0).description }
        // The first row of the file says of the last one that nobody came to it.
        let service = ScriptedBatches(
            result: { $0.id == names[0] ? .untried("expired") : .response(status: 200, body: Data(chatBody("fine").utf8)) },
            naming: { $0 == names[0] ? names[1] : $0 })
        let outcome = try await run(service)
        #expect(outcome.answered.count == 2 && outcome.paid == Money(dollars: 0.006) && outcome.inDoubt == Money(dollars: 0.1))
    }

    @Test(arguments: ["openai-chat", "anthropic"], ["<html><title>Maintenance</title></html>", "{}", ""])
    func resultsThatCannotBeReadLeaveTheBatchOpenAndPaidForOnce(name: String, body: String) async throws {
        let dialect = try #require(Dialects.named(name, model: "m"))
        let endpoint = try endpoint(of: dialect)
        let asked = dialect.request(
            teacher: "t", path: endpoint.path, asking: question("q"), SamplingParameters(maxTokens: 100), sample: 0)
        let key = CompletionKey.digest(of: asked).description
        let isAnthropic = name == "anthropic"
        let message =
            #"{"type":"message","content":[{"type":"text","text":"fine"}],"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":3}}"#
        let good =
            isAnthropic
            ? #"{"custom_id":"\#(key)","result":{"type":"succeeded","message":\#(message)}}"#
            : #"{"custom_id":"\#(key)","response":{"status_code":200,"body":\#(chatBody("fine"))},"error":null}"#
        let batch =
            isAnthropic
            ? #"{"id":"b","processing_status":"ended","request_counts":{"succeeded":1},"results_url":"http://h/r"}"#
            : #"{"id":"b","status":"completed","output_file_id":"out","request_counts":{"total":1,"completed":1,"failed":0}}"#
        func run(_ transport: ScriptedTransport) async throws -> BatchRun.Outcome {
            let wire = BatchWire(transport: transport, headers: [], clock: InstantClock(), random: { 0 })
            let found = service(for: endpoint, dialect, wire)
            let service = try #require(found)
            return try await BatchRun(
                cache: cache, service: service, dialect: dialect, url: endpoint.url, waits: (.milliseconds(1), .milliseconds(2)),
                ledger: ledger)([asked])
        }
        let first: [Result<Response, TransportFault>] = isAnthropic ? [] : [.status(200, #"{"id":"file"}"#)]
        let error = try await #require(throws: TeacherError.self) {
            try await run(ScriptedTransport(first + [.status(200, batch), .status(200, batch), .status(200, body)]))
        }
        #expect(error.message.contains("it stays open"), "\(error)")
        #expect(try cache.submissions().map(\.isOpen) == [true] && cache.account().inBatches == Money(dollars: 0.1))
        // The next run submits nothing, and gets what was paid for.
        let transport = ScriptedTransport([.status(200, batch), .status(200, good)])
        let outcome = try await run(transport)
        #expect(outcome.answered.count == 1 && outcome.paid == Money(dollars: 0.003))
        #expect(transport.requests.allSatisfy { $0.body == nil })
    }
}

/// Reasons for an answer's end, and what they mean.
enum EndingWords {
    static let all: [(String, FinishReason)] = [
        ("stop", .stop), ("Stop", .stop), ("MAX_TOKENS", .length), ("CONTENT_FILTER", .filtered), ("tool_calls", .other), ("abort", .other),
        ("cancelled", .other), ("incomplete", .other), ("something new", .other),
    ]
}
