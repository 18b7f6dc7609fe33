import Foundation
import PladRecords

/// A model on the Hub at one of its revisions.
package struct HubModel: Sendable, Hashable, CustomStringConvertible {
    package let organisation: String
    package let name: String
    /// Name of a branch, tag or commit.
    package let revision: String

    package var description: String { "\(organisation)/\(name)" }

    /// Validates the name, which becomes part of addresses and paths. Throws `HubError.name`.
    package init(_ text: String, revision: String = "main") throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(Self.isName) else {
            throw HubError(.name, "\"\(text)\" is not the name of a model: give ORG/NAME, such as HuggingFaceTB/SmolLM2-135M-Instruct")
        }
        guard revision.split(separator: "/", omittingEmptySubsequences: false).map(String.init).allSatisfy(Self.isName) else {
            throw HubError(.name, "`revision` \"\(revision)\" is not a branch, tag or commit")
        }
        (organisation, name, self.revision) = (parts[0], parts[1], revision)
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && !text.hasPrefix(".") && !text.contains("..")
            && text.utf8.allSatisfy { byte in
                UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
