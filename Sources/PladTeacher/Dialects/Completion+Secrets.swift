package import PladHTTP
import PladRecords

extension Reading {
    /// The reading; unreadable if its texts hold a secret of the request. In plain sight it was taken out of the response: what is left
    /// of it came in pieces, which neither a student nor a cache should get.
    package func withholding(_ secrets: [HTTPHeader]) -> Reading {
        guard case .completion(let completion) = self, completion.holds(secrets) else { return self }
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
