package import Foundation
package import PladHTTP
import PladRecords

extension Dialect {
    /// Reads a response; it is unreadable if the text of any of its completions holds a secret of the request. In plain sight the secret
    /// was taken out of the response: what is left of it came in pieces, which neither a student nor a cache should get.
    package func read(status: Int, body: Data, withholding secrets: [HTTPHeader]) -> Reading {
        let reading = read(status: status, body: body)
        guard !secrets.isEmpty, case .completion(let first) = reading else { return reading }
        guard first.holds(secrets) || everyFurtherCompletion(body: body).contains(where: { $0.holds(secrets) }) else { return reading }
        return .unreadable("it spells the key that it was asked with, in pieces; such a completion is not kept")
    }
}

extension Completion {
    /// True if a secret of these headers stands in one of the texts.
    func holds(_ secrets: [HTTPHeader]) -> Bool {
        let texts = [text, reasoning, ending, cut, model, fingerprint].compactMap { $0 }
        return secrets.contains { secret in texts.contains(where: secret.stands) }
    }
}
