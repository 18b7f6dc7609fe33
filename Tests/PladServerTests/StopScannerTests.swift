import PladServer
import Testing

struct StopScannerTests {
    /// Feeds `text` in pieces of `size` characters; gives what came out and whether it was stopped.
    private func scan(_ text: String, stops: [String], size: Int) -> (String, Bool) {
        var scanner = StopScanner(stops: stops)
        var (rest, shown) = (text[...], "")
        while !rest.isEmpty {
            let (piece, stopped) = scanner.append(String(rest.prefix(size)))
            shown += piece
            if stopped { return (shown, true) }
            rest = rest.dropFirst(size)
        }
        return (shown + scanner.finish(), false)
    }

    @Test(arguments: [
        ("one END two", ["END"], "one ", true),
        ("one EN two", ["END"], "one EN two", false),
        ("ENENENDx", ["ENEND"], "EN", true),
        ("a\n\nb", ["\n\n", "b"], "a", true),
        ("aabaac", ["aac", "zzz"], "aab", true),
        ("short", ["a stop string longer than the text"], "short", false),
        ("nothing to stop", [], "nothing to stop", false),
        ("über ende", ["nde", "er e"], "üb", true),
        ("END", ["END"], "", true),
    ])
    func stopStringsEndTheTextHoweverItIsCut(text: String, stops: [String], shown: String, stopped: Bool) {
        for size in 1...text.count {
            let result = scan(text, stops: stops, size: size)
            #expect(result == (shown, stopped), "pieces of \(size)")
        }
    }

    @Test func textThatCannotBeAStopIsNotHeldBack() {
        var scanner = StopScanner(stops: ["END"])
        #expect(scanner.append("hello E").text == "hello ")
        #expect(scanner.append("xN").text == "ExN")
    }

    @Test func combiningMarkDoesNotHideAStop() {
        #expect(scan("a.\u{301}b", stops: ["."], size: 1) == ("a", true))
    }
}
