import Foundation
import PladTokenizer

/// Where the tokenizers lie that make_tokenizers.py wrote.
enum TokenizerFixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/tokenizers")
}
