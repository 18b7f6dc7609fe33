import Foundation
import PladHTTP
import PladRecords

/// An error in the format of the OpenAI API.
package struct APIError: Error, Sendable, Equatable {
    package var status: Int
    package var message: String
    /// Name of the request's field at fault.
    package var parameter: String?
    package var code: String?
    /// Header fields that the status requires.
    package var headers: [String: String] = [:]

    package init(_ status: Int, _ message: String, parameter: String? = nil, code: String? = nil) {
        self.status = status
        self.message = message
        self.parameter = parameter
        self.code = code
    }

    /// A 400 error about one field.
    static func invalid(_ parameter: String, _ message: String, code: String? = nil) -> APIError {
        APIError(400, "\"\(parameter)\" \(message)", parameter: parameter, code: code)
    }

    init(_ problem: HTTPProblem) {
        self.init(problem.status, problem.message)
    }

    /// Wraps an error from below the endpoint; a `Failure` keeps its message.
    init(failing error: any Error) {
        self.init(500, Self.words(for: error))
    }

    /// The message of an error, with files by name only: clients need not learn this machine's paths.
    static func words(for error: any Error) -> String {
        let message = (error as? any Failure)?.message ?? "\(error)"
        return message.replacing(/(^|[\s"'`(:=])\/(?:[^\/\s"'`:;,]+\/)*(?=[^\/\s"'`:;,])/) { String($0.1) }
    }

    var body: JSONValue {
        let type = status == 401 ? "authentication_error" : status < 500 ? "invalid_request_error" : "server_error"
        return [
            "error": [
                "message": .string(message),
                "type": .string(type),
                "param": parameter.map { .string($0) } ?? .null,
                "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    var response: HTTPResponse {
        var response = HTTPResponse(status: status, json: body)
        response.headers.merge(headers) { $1 }
        return response
    }
}
