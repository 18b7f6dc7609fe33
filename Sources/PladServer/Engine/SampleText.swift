import PladRecords
import PladStudent

/// The text of one sample during generation: decoding, stop strings, and finish reason.
struct SampleText {
    private var decoder: any TextDecoder
    private var scanner: StopScanner
    private let endOfSequence: Set<TokenID>
    /// Text and tokens not yet returned.
    private var text = ""
    private var tokens = 0
    private(set) var finishReason: FinishReason?

    init(decoder: any TextDecoder, stops: [String], endOfSequence: Set<TokenID>) {
        self.decoder = decoder
        scanner = StopScanner(stops: stops)
        self.endOfSequence = endOfSequence
    }

    /// Adds the result of one step. Not valid after the end.
    mutating func take(_ event: DecodeEvent) {
        if let token = event.token {
            tokens += 1
            if !endOfSequence.contains(token) { add(decoder.append(token)) }
        }
        guard let reason = event.finish, finishReason == nil else { return }
        add(decoder.finish())
        guard finishReason == nil else { return }
        text += scanner.finish()
        finishReason = reason
    }

    /// The text and tokens since the last call.
    mutating func piece(of sample: Int) -> GeneratedPiece {
        defer { (text, tokens) = ("", 0) }
        return GeneratedPiece(sample: sample, text: text, tokens: tokens, finishReason: finishReason)
    }

    /// True if there is something new to return.
    var hasNews: Bool { !text.isEmpty || finishReason != nil }

    private mutating func add(_ more: String) {
        let (certain, stopped) = scanner.append(more)
        text += certain
        if stopped { finishReason = .stop }
    }
}
