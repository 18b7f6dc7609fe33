import ArgumentParser
import PladDistill
import PladEvaluation
import PladTraining

/// The flags for the quality of completions.
struct QualityOptions: ParsableArguments {
    @Option(
        help: """
            The quality of a completion, for ranking samples and for measuring students: facts it keeps, its final answer, the \
            task's JSON schema and fields, likeness to the teacher's text, agreement of the samples, a judge (--judge-remote), a \
            command, or a critic, which is trained on the teacher's text and the samples, ranks samples and measures no student. By \
            default by what the prompts hold: an answer, a schema, facts, else likeness.
            """)
    var quality: QualityKind?

    @Option(
        help: ArgumentHelp(
            """
            A program that reads a JSON line {"id","prompt","completion"} and writes a line with a number, 1 for a right one, \
            for each completion; with --quality command.
            """, valueName: "command"))
    var qualityCommand: String?

    @Option(help: ArgumentHelp("The largest number of seconds for one completion.", valueName: "seconds"))
    var qualityTimeout = 60.0

    @Option(help: "Passes of the critic's training over a round's completions of the teacher, with --quality critic.")
    var criticEpochs = 1.0

    @Option(help: "The teacher's completions to train on: all, the best of each prompt by --quality, or the correct ones.")
    var keepAnswers = KeptCompletions.all
}

/// The flags for the making of pairs: what is ranked above what, and which of the student's samples are rejected.
struct PairingOptions: ParsableArguments {
    @Option(
        help: """
            The ranked texts: the teacher's text above the student's samples, better samples above worse ones by --quality, or both.
            """)
    var rank = RankedTexts.teacher

    @Option(help: "The pairs of a prompt's samples: the best above the worst, the best above every other, or all pairs.")
    var samplePairs = SamplePairing.bestWorst

    @Option(
        help: ArgumentHelp(
            "The least difference in quality between the sides of a pair, 0 to 1; pairs with less are left out.", valueName: "gap"))
    var minGap = 0.0

    @Option(help: "The text that is kept likely beside ranked samples: the teacher's, the chosen sample, or both.")
    var keepLikely = KeptText.teacher

    @Option(
        help: """
            The rejected ones among a prompt's samples: all, a random one, the most likely under the student to be ranked, \
            or the least similar to the chosen text.
            """)
    var negatives = Negatives.all

    @Option(help: "The student whose samples are rejected: the one to be ranked (warm-up), or the one before warm-up (initial).")
    var negativesFrom = NegativeSource.warmUp

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            """
            The share of each prompt's samples that the student before warm-up draws, 0 to 1; given several times, once for each round. \
            By default none, or all with --negatives-from initial.
            """, valueName: "share"))
    var initialShare: [Double] = []

    @Option(help: "The least ROUGE-L of a rejected sample to the chosen text (chrF if ROUGE cannot read the script).")
    var minSimilarity = 0.0

    @Option(help: "The largest ROUGE-L or chrF of a rejected sample to the chosen text.")
    var maxSimilarity = 1.0

    @Option(help: "The largest ratio of the longer side's tokens to the shorter's in a pair. By default no limit.")
    var maxLengthRatio: Double?

    @Option(
        help:
            "The measure that must rank the chosen side higher, else the pair is left out: metric is the share of the prompt's facts kept.")
    var prefer: Preference?

    @Option(help: ArgumentHelp("The least number of pairs for a ranking; with fewer the student is not ranked.", valueName: "n"))
    var minPairs = 8
}
