import Foundation
import PladRecords
import PladReport

extension Run {
    /// State of the run in words: the first stage without its record.
    package var currentStage: String {
        if let live = try? LiveLog.read(folder.liveLog) {
            let phase = live.head.phase.hasPrefix("round-") ? live.head.phase.replacing("-", with: " ") : live.head.phase
            return "Now: \(phase), step \(live.steps.count) of \(live.head.total)."
        }
        if !Files.exists(folder.teacher) { return "Now: asking the teacher." }
        if !folder.holdsStudent(folder.checkpoint("warm-up")) { return "Now: beginning the warm-up." }
        // Rounds with nothing to rank leave no student.
        let isChosen = Files.exists(folder.choice)
        for round in 1...max(settings.ranking.rounds, 1) where !isChosen && !folder.holdsStudent(folder.checkpoint("round-\(round)")) {
            return "Now: round \(round), sampling and pairing."
        }
        if !prompts(reported).isEmpty, !Files.exists(folder.evaluation) { return "Now: measuring on held-out prompts." }
        return "The run is done."
    }
}

extension TeachSummary.Wire {
    /// Sentence with the number of requests and tokens, and their cost.
    var sentence: String {
        guard attempts > 0 || completions > 0 else { return "nothing: every completion was in the cache" }
        var text = "\(Numbers.count(completions)) completions in \(Numbers.count(attempts)) requests, "
        text += "\(Numbers.count(promptTokens)) + \(Numbers.count(completionTokens)) tokens"
        text += dollars.map { String(format: $0 < 0.01 ? ", $%.6f" : ", $%.2f", $0) } ?? ", price not known"
        return text
    }
}
