import Foundation
import PladRecords

/// A mock teacher's reply in the dialect of the request's path.
struct MockCompletion {
    let reply: MockReply
    let request: JSONValue
    private let path: String
    private let dialect: any MockDialect
    private let saying: MockSaying

    /// - Parameter digest: digest of the request, which gives each response its own id.
    init(_ reply: MockReply, script: MockScript, path: String, request: JSONValue, digest: Digest) {
        self.reply = reply
        self.request = request
        self.path = path
        dialect = MockDialects.at(path)
        saying = MockSaying(reply, script: script, prompt: dialect.prompt(in: request), id: "mock-" + digest.description.prefix(16))
    }

    var error: JSONValue { dialect.error(status: reply.status, message: "mock failure with status \(reply.status)") }
    var document: JSONValue { dialect.whole(saying) }

    /// The body of a response that is not streamed.
    var whole: Data {
        reply.body.map { Data($0.utf8) } ?? Data((reply.status < 300 ? document : error).canonical.utf8)
    }

    /// The stream of a streamed response; nil for a whole one.
    var stream: MockStream? {
        guard reply.status < 300, reply.body == nil, dialect.streams(request, path: path) else { return nil }
        return dialect.stream(saying, of: request)
    }
}
