import Foundation
import PladHTTP
import PladRecords
import PladTeacher
import PladTestSupport

let question = [Message(role: "user", content: "Why?")]

func request(_ dialect: some Dialect = OpenAIChatDialect(model: "m"), sample: Int = 0, messages: [Message] = question) -> TeacherRequest {
    dialect.request(teacher: "t", path: "/v1/chat/completions", asking: messages, SamplingParameters(), sample: sample)
}

/// A teacher over `transport` whose waits take no time and whose jitter is always `random`.
func teacher(
    _ transport: some Transport, url: String = "http://127.0.0.1:9", key: Credential? = nil, concurrency: Int = 64,
    policy: RetryPolicy = RetryPolicy(), clock: InstantClock = InstantClock(), random: Double = 0.5, attempts: Collected<Attempt>? = nil
) throws -> RemoteTeacher {
    let dialect = OpenAIChatDialect(model: "m")
    return RemoteTeacher(
        endpoint: try Endpoint(url, dialect: dialect), dialect: dialect, access: Access(key: key), transport: transport,
        concurrency: concurrency,
        policy: policy, clock: clock, random: { random }, onAttempt: { attempts?.add($0) })
}
