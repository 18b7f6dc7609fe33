import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport
import Testing

/// Error bodies as providers send them, after their documentation and bug reports.
@Suite struct DialectErrorTests {
    struct Case: Sendable, CustomStringConvertible {
        let provider: String
        let status: Int
        let body: String
        let kind: ProviderFault.Kind
        var description: String { "\(provider), \(kind.rawValue)" }

        init(_ provider: String, _ status: Int, _ kind: ProviderFault.Kind, _ body: String) {
            (self.provider, self.status, self.kind, self.body) = (provider, status, kind, body)
        }
    }

    static let cases = [
        Case(
            "openai", 401, .key,
            #"{"error":{"message":"Incorrect API key provided: sk-1. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#
        ),
        Case(
            "openai", 429, .quota,
            #"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#
        ),
        Case(
            "openai", 429, .quota,
            #"{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,"code":null}}"#),
        Case(
            "openai", 429, .throttle,
            #"{"error":{"message":"Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s. Visit https://platform.openai.com/account/rate-limits to learn more.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#
        ),
        Case(
            "openai", 400, .contextLength,
            #"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#
        ),
        Case(
            "openai", 404, .unknownModel,
            #"{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#
        ),
        Case(
            "openai", 503, .overloaded,
            #"{"error":{"message":"The engine is currently overloaded, please try again later","type":"server_error","param":null,"code":null}}"#
        ),
        Case(
            "openai", 400, .filtered,
            #"{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","type":"invalid_request_error","param":null,"code":"invalid_prompt"}}"#
        ),
        Case(
            "azure", 400, .filtered,
            #"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}"#
        ),
        Case(
            "azure", 429, .throttle,
            #"{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded call rate limit. Please retry after 6 seconds."}}"#
        ),
        Case(
            "azure", 401, .key,
            #"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}"#),
        Case("azure", 404, .unknownModel, #"{"error":{"code":"DeploymentNotFound","message":"The API deployment does not exist."}}"#),
        Case(
            "anthropic", 401, .key,
            #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_1"}"#),
        Case(
            "anthropic", 400, .quota,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#
        ),
        Case("anthropic", 403, .quota, #"{"type":"error","error":{"type":"billing_error","message":"billing"}}"#),
        Case(
            "anthropic", 429, .throttle,
            #"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your organization's rate limit of 40,000 input tokens per minute."}}"#
        ),
        Case("anthropic", 529, .overloaded, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#),
        Case(
            "anthropic", 400, .contextLength,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#),
        Case(
            "anthropic", 413, .contextLength,
            #"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#),
        Case(
            "anthropic", 400, .filtered,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#),
        Case(
            "gemini", 400, .key,
            #"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#
        ),
        Case(
            "gemini", 429, .quota,
            #"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"50"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"45s"}]}}"#
        ),
        Case(
            "gemini", 429, .throttle,
            #"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"45.5s"}]}}"#
        ),
        Case(
            "gemini", 503, .overloaded,
            #"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#),
        Case(
            "gemini", 400, .contextLength,
            #"{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#
        ),
        Case(
            "deepseek", 402, .quota,
            #"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#),
        Case(
            "deepseek", 400, .filtered,
            #"{"error":{"message":"Content Exists Risk","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"#),
        Case(
            "moonshot", 429, .quota,
            #"{"error":{"message":"Your account is suspended due to insufficient balance, please recharge.","type":"exceeded_current_quota_error"}}"#
        ),
        Case(
            "moonshot", 429, .throttle,
            #"{"error":{"message":"max RPM: 3, please try again after 1 seconds","type":"rate_limit_reached_error"}}"#),
        Case("zhipu", 429, .quota, #"{"error":{"code":"1113","message":"您的账户已欠费"}}"#),
        Case(
            "alibaba", 400, .quota,
            #"{"error":{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing.","type":"Arrearage"}}"#
        ),
        Case(
            "alibaba", 400, .filtered,
            #"{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content.","type":"data_inspection_failed"}}"#
        ),
        Case(
            "xai", 429, .quota,
            #"{"code":"Some resource has been exhausted","error":"Your team t has either used all available credits or reached its monthly spending limit."}"#
        ),
        Case("xai", 400, .key, #"{"code":"Client specified an invalid argument","error":"Incorrect API key provided"}"#),
        Case(
            "openrouter", 402, .quota,
            #"{"error":{"message":"This request requires more credits, or fewer max_tokens.","code":402},"user_id":"u"}"#),
        Case(
            "openrouter", 403, .quota,
            #"{"error":{"message":"Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys","code":403}}"#),
        Case(
            "openrouter", 429, .throttle,
            #"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"busy","provider_name":"p"}}}"#),
        Case(
            "mistral", 429, .throttle,
            #"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","param":null,"code":"3505"}"#
        ),
        Case(
            "mistral", 422, .rejected,
            #"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","top_k"],"msg":"Extra inputs are not permitted"}]},"type":"invalid_request_error","param":null,"code":null}"#
        ),
        Case(
            "vllm", 400, .contextLength,
            #"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","param":null,"code":400}"#
        ),
        Case(
            "llama.cpp", 400, .contextLength,
            #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}"#
        ),
        Case("llama.cpp", 503, .overloaded, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#),
        Case("ollama", 404, .unknownModel, #"{"error":"model 'x' not found"}"#),
        Case("huggingface", 402, .quota, #"{"error":"You have exceeded your monthly included credits for Inference Providers."}"#),
        Case("proxy", 502, .server, "<html><body>502 Bad Gateway</body></html>"),
        Case("cloudflare", 403, .page, "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>"),
        Case("login", 401, .page, "  <html><title>Sign in</title></html>"),
        Case("nginx", 404, .unknownModel, "<html><h1>404 Not Found</h1></html>"),
        Case(
            "openrouter", 403, .filtered,
            #"{"error":{"code":403,"message":"m requires moderation. Your input was flagged","metadata":{"reasons":["violence"]}}}"#),
        Case("xai", 403, .filtered, #"{"code":"permission-denied","error":"Content violates usage guidelines."}"#),
        Case("gateway", 403, .filtered, #"{"error":{"message":"Blocked by our Content Policy","type":"forbidden"}}"#),
        Case("gateway", 403, .forbidden, #"{"error":{"code":403,"message":"Request blocked by rule 17"}}"#),
        Case("gateway", 403, .forbidden, "{}"),
        Case("openai", 403, .key, #"{"error":{"message":"Invalid API key","code":"invalid_api_key"}}"#),
        Case(
            "anthropic", 403, .key,
            #"{"type":"error","error":{"type":"permission_error","message":"Your API key does not have permission to use the specified resource."}}"#
        ),
        Case(
            "google", 403, .key,
            #"{"error":{"code":403,"message":"Method doesn't allow unregistered callers. Please use API Key or other form of API consumer identity; requests are UNAUTHENTICATED","status":"PERMISSION_DENIED"}}"#
        ),
    ]

    @Test(arguments: cases)
    func anErrorIsKnownForWhatItIs(given: Case) {
        let fault = ProviderFault(status: given.status, reading: Data(given.body.utf8))
        #expect(fault.kind == given.kind, "\(fault)")
        #expect(fault.status == given.status)
        #expect(fault.isQuota == (given.kind == .quota))
    }

    @Test(arguments: cases)
    func onlyAFilterMakesAnAnswerOfAnError(given: Case) {
        for shapes in DialectShapes.all {
            switch shapes.dialect().read(status: given.status, body: Data(given.body.utf8)) {
            case .completion(let completion):
                #expect(given.kind == .filtered)
                #expect(completion == Completion(text: "", finishReason: .filtered))
            case .fault: #expect(given.kind != .filtered)
            case .unreadable(let reason): Issue.record("\(reason)")
            }
        }
    }

    /// Errors under status 200, which gateways and some providers send.
    @Test(arguments: [
        (
            #"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#, ProviderFault.Kind.quota,
            "insufficient balance"
        ),
        (#"{"code":1113,"msg":"account in arrears, please recharge"}"#, .quota, "account in arrears, please recharge"),
        (#"{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#, .throttle, "rate limit"),
        (#"{"base_resp":{"status_code":1004,"status_msg":"login fail"}}"#, .key, "login fail"),
        (#"{"error_code":17,"error_msg":"Open api daily request limit reached"}"#, .quota, "Open api daily request limit reached"),
        (#"{"error_code":110,"error_msg":"Access token invalid or no longer valid"}"#, .key, "Access token invalid or no longer valid"),
        (#"{"error_code":336003,"error_msg":"bad"}"#, .server, "bad"), (#"{"code":401,"msg":"no such user"}"#, .key, "no such user"),
        (#"{"code":10013,"msg":"busy","data":null}"#, .server, "busy"), (#"{"ret":429,"msg":"slow down"}"#, .throttle, "slow down"),
        (#"{"ret":["FAIL_SYS_BUSY"],"data":{}}"#, .server, "FAIL_SYS_BUSY"), (#"{"errcode":402,"errmsg":"pay"}"#, .quota, "pay"),
        (#"{"code":"20001","msg":"账户余额不足"}"#, .quota, "账户余额不足"),
    ])
    func anErrorUnderStatus200HasTheProvidersWords(body: String, kind: ProviderFault.Kind, words: String) {
        for shapes in DialectShapes.all {
            guard case .fault(let fault) = shapes.dialect().read(status: 200, body: Data(body.utf8)) else {
                Issue.record("\(shapes.name): \(body)")
                continue
            }
            #expect(fault.kind == kind && fault.message == words, "\(shapes.name)")
        }
    }

    /// A text beside a real error was broken off, whatever its reason for the end says.
    @Test(arguments: [
        #""error":{"code":502,"message":"upstream cut off"}"#, #""error_code":500,"error_msg":"upstream cut off""#,
        #""base_resp":{"status_code":1000,"status_msg":"upstream cut off"}"#, #""code":502,"message":"upstream cut off""#,
    ])
    func anErrorBesideATextIsAnError(fields: String) throws {
        for shapes in DialectShapes.all {
            // Ollama's "message" is the answer.
            if shapes.name == "ollama", fields.contains("\"message\":\"") { continue }
            let body = shapes.answer.replacing(/\}\s*$/, with: "," + fields + "}")
            guard case .fault(let fault) = shapes.dialect().read(status: 200, body: Data(body.utf8)) else {
                Issue.record("\(shapes.name): \(body)")
                continue
            }
            #expect(fault.kind == .server && fault.message == "upstream cut off", "\(shapes.name)")
            // In a stream, in an event of its own behind the text.
            let stream = try #require(DialectStreamShapes.all.first { $0.name == shapes.name })
            let event = shapes.name == "ollama" ? "{\(fields)}" : "data: {\(fields)}"
            let events = stream.events.dropLast() + [event] + stream.events.suffix(1)
            guard case .fault(let later) = shapes.dialect().read(status: 200, body: Data(stream.body(Array(events)).utf8)) else {
                Issue.record("\(shapes.name), streamed")
                continue
            }
            #expect(later.message == "upstream cut off", "\(shapes.name)")
        }
        let choice = #"{"choices":[{"index":0,"message":{"content":"Once a"},"finish_reason":"stop",\#(fields)}]}"#
        guard fields.hasPrefix("\"error\"") else { return }
        guard case .fault = OpenAIChatDialect(model: "m").read(status: 200, body: Data(choice.utf8)) else {
            Issue.record("\(choice)")
            return
        }
    }

    /// Fields that say that all went well, in any spelling.
    @Test(arguments: [
        #""error":null"#, #""error":{}"#, #""code":10000,"message":"Success""#, #""base_resp":{"status_code":0,"status_msg":"x"}"#,
    ])
    func whatIsNoErrorBesideATextChangesNothing(fields: String) {
        for shapes in DialectShapes.all {
            // Ollama's "message" is the answer.
            if shapes.name == "ollama", fields.contains("\"message\":\"") { continue }
            let body = shapes.answer.replacing(/\}\s*$/, with: "," + fields + "}")
            guard case .completion = shapes.dialect().read(status: 200, body: Data(body.utf8)) else {
                Issue.record("\(shapes.name): \(body)")
                continue
            }
        }
    }

    /// No balance is no balance, streamed too.
    @Test(arguments: [
        #"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#,
        #"{"code":402,"msg":"insufficient balance"}"#,
        #"{"errors":[{"code":402,"message":"insufficient balance"}]}"#,
        #"{"Response":{"Error":{"Code":"insufficient_balance","Message":"insufficient balance"}}}"#,
        #"{"header":{"code":10402,"message":"insufficient balance"}}"#,
    ])
    func aFaultIsHeardInAStream(body: String) {
        for body in [body, "data: \(body)\n\n"] {
            guard case .fault(let fault) = OpenAIChatDialect(model: "m").read(status: 200, body: Data(body.utf8)) else {
                Issue.record("\(body)")
                continue
            }
            #expect(fault.kind == .quota && fault.message == "insufficient balance", "\(body)")
        }
    }

    @Test func aFilterBesideATextHasFiltered() {
        let azure =
            #"{"choices":[{"message":{"content":"Once"},"finish_reason":"stop","content_filter_results":{"hate":{"filtered":true}}}]}"#
        let gemini =
            #"{"candidates":[{"content":{"parts":[{"text":"Once"}]},"finishReason":"STOP"}],"promptFeedback":{"blockReason":"SAFETY"}}"#
        for (name, body) in [("openai-chat", azure), ("gemini", gemini)] {
            guard case .completion(let completion) = Dialects.named(name)!.read(status: 200, body: Data(body.utf8)) else {
                Issue.record("\(name)")
                continue
            }
            #expect(completion.finishReason == .filtered, "\(name)")
        }
    }

    @Test(arguments: [
        #"{"code":0,"msg":"success","data":{}}"#, #"{"code":200,"msg":"ok"}"#, #"{"base_resp":{"status_code":0,"status_msg":"success"}}"#,
    ])
    func aCodeOfSuccessIsNoError(body: String) {
        guard case .unreadable = OpenAIChatDialect(model: "m").read(status: 200, body: Data(body.utf8)) else {
            Issue.record("\(body)")
            return
        }
    }

    @Test func aWaitInTheBodyIsAWait() async throws {
        let body = Self.cases.first { $0.provider == "gemini" && $0.kind == .throttle }!.body
        #expect(ProviderFault(status: 429, reading: Data(body.utf8)).wait == .seconds(45.5))
        let clock = InstantClock()
        _ = try await teacher(ScriptedTransport(.status(429, body), .answer), clock: clock, random: 0).reply(to: request())
        #expect(clock.sleeps == [.seconds(45.5)])
    }

    @Test func anErrorWithoutAStatusHasTheOneOfItsType() throws {
        for (body, status) in [
            (#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, 529),
            (#"{"error":{"type":"tokens","code":"rate_limit_exceeded","message":"slow"}}"#, 429),
            (#"{"error":{"message":"x","status":"UNAVAILABLE"}}"#, 503), (#"{"error":{"message":"x","code":"429"}}"#, 429),
            (#"{"error":{"message":"x","code":1302}}"#, 500), (#"{"error":"x"}"#, 500),
        ] {
            #expect(ProviderFault(inside: try JSONValue(parsing: Data(body.utf8)))?.status == status, "\(body)")
        }
    }
}
