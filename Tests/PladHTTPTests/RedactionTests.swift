import Foundation
import PladHTTP
import PladTestSupport
import Testing

/// Keys that endpoints echo.
@Suite struct RedactionTests {
    private func redacted(_ text: String, _ secret: String = "sk-planted/7", isError: Bool = false) -> String {
        String(decoding: HTTPHeader("x", secret, secrets: [secret]).redacting(Data(text.utf8), isError: isError), as: UTF8.self)
    }

    @Test(arguments: [
        "sk-planted/7", #"\u0073k-planted/7"#, #"\u0073\u006B\u002d\u0070\u006C\u0061\u006e\u0074\u0065\u0064\u002F\u0037"#,
        #"sk-planted\/7"#,
        #"\\u0073k-planted/7"#, #"sk-planted\\\/7"#, "sk-planted%2F7", "sk%2dplanted%2f7", "%73%6B%2D%70%6c%61%6e%74%65%64%2F%37",
        "sk-planted%252F7", #"sk-planted\u002f7"#,
    ])
    func anEchoIsFoundInEverySpelling(echo: String) {
        #expect(redacted("key \(echo), again \(echo)!") == "key <key>, again <key>!")
        #expect(redacted(echo) == "<key>")
    }

    /// By itself and after other bytes, which shift its digits: two digits at most at either end are a neighbour's too.
    @Test(arguments: ["", "B", "Be", "Bearer ", "Authorization: Bearer "], ["", "\n", "=1"])
    func anEchoInBase64IsFound(before: String, after: String) {
        let secret = "sk-planted/7?>~key"
        let all = Data((before + secret + after).utf8).base64EncodedString()
        for echo in [all, all.replacing("+", with: "-").replacing("/", with: "_"), all.replacing("/", with: "\\/")] {
            let left = redacted(echo, secret)
            #expect(left.contains("<key>"), "\(echo)")
            #expect(left.utf8.count <= "<key>".utf8.count + 4 + (before + after).utf8.count * 4 / 3 + 4, "\(left)")
        }
        #expect(redacted(Data("sk-planted/8?>~kez".utf8).base64EncodedString(), secret).contains("<key>") == false)
    }

    @Test func whatIsNotTheKeyStays() {
        for text in [
            "%", "%2", "sk-planted%2", "sk-planted%2E7", "100%", "%25", "", "sk-plante", #"\u0073"#, #"\\"#, #"\u00"#, "sk-planted7",
            #"\n\u0041"#,
        ] { #expect(redacted(text) == text) }
    }

    @Test func aShortKeyIsFoundWhereItStandsAlone() {
        #expect(redacted(#"{"error":"key none is wrong"}"#, "none", isError: true) == #"{"error":"key <key> is wrong"}"#)
        #expect(redacted("ab", "ab", isError: true) == "<key>")
        #expect(redacted("nonetheless", "none", isError: true) == "nonetheless")
        #expect(redacted(#"bad:\nk-9x!"#, "k-9x", isError: true) == #"bad:\n<key>!"#)
        // In an answer a plain word or number is what was answered.
        for word in ["none", "1234", "x", "k9"] { #expect(redacted("It is \(word).", word) == "It is \(word).") }
        #expect(redacted("It is sk-1, not sk-12.", "sk-1") == "It is <key>, not sk-12.")
    }

    @Test func aBodyOfKeysTakesAsLongAsItIs() {
        let secret = "sk-" + String(repeating: "a", count: 40)
        let echo = String(repeating: secret + " ", count: 40_000)
        let seconds = processorSeconds {
            #expect(redacted(echo, secret).utf8.count == 6 * 40_000)
            #expect(redacted(String(repeating: "sk-aaaa", count: 250_000), secret).utf8.count == 1_750_000)
            #expect(redacted(String(repeating: "%", count: 1_000_000), secret).utf8.count == 1_000_000)
            #expect(redacted(String(repeating: "%25", count: 400_000), secret).utf8.count == 1_200_000)
        }
        #expect(seconds < 5)
    }
}
