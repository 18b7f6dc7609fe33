import ArgumentParser
import PladDistill
import PladEvaluation
import PladTraining

/// The flags for the quality of completions.
struct QualityOptions: ParsableArguments {
    @Option(
        help: """
            By what a completion is good, for ranking samples and for measuring students: facts it keeps, its final answer, the \
            task's JSON schema and fields, likeness to the teacher's text, agreement of the samples, a judge (--judge-remote), or a \
            command. By default what the prompts know: an answer, a schema, facts, else likeness.
            """)
    var quality: QualityKind?

    @Option(
        help: ArgumentHelp(
            """
            A program that reads a JSON line {"id","prompt","completion"} and writes a line with a number, 1 for what is right, \
            again and again; with --quality command.
            """, valueName: "command"))
    var qualityCommand: String?

    @Option(help: ArgumentHelp("Seconds that the command may take for one completion.", valueName: "seconds"))
    var qualityTimeout = 60.0

    @Option(help: "Which of the teacher's answers are trained on: all, the best of each prompt by --quality, or the correct ones.")
    var keepAnswers = KeptAnswers.all
}

/// The flags for the making of pairs: what is ranked above what, and which of the student's samples are rejected.
struct PairingOptions: ParsableArguments {
    @Option(
        help: """
            What is ranked above what: the teacher's text above the student's samples, samples above worse samples by --quality, or both.
            """)
    var rank = RankedTexts.teacher

    @Option(help: "Which of a prompt's samples are ranked: the best above the worst, above every other, or all pairs of them.")
    var samplePairs = SamplePairing.bestWorst

    @Option(help: ArgumentHelp("Leave out pairs whose sides' qualities differ by less, 0 to 1.", valueName: "gap"))
    var minGap = 0.0

    @Option(help: "The text that is kept likely beside ranked samples: the teacher's, the chosen sample, or both.")
    var keepLikely = KeptText.teacher

    @Option(
        help: """
            Which of a prompt's samples are rejected: all, or one: by chance, the likeliest for the student to be ranked, \
            or the least like the chosen text.
            """)
    var negatives = Negatives.all

    @Option(help: "Whose samples are rejected: those of the student to be ranked (warm-up), or of the one before warm-up (initial).")
    var negativesFrom = NegativeSource.warmUp

    @Option(help: "Leave out samples whose ROUGE-L to the chosen text (chrF, where ROUGE cannot read the script) is below this.")
    var minSimilarity = 0.0

    @Option(help: "Leave out samples whose ROUGE-L or chrF to the chosen text is above this.")
    var maxSimilarity = 1.0

    @Option(help: "Leave out pairs whose longer side has more than this many times the tokens of the shorter. By default none.")
    var maxLengthRatio: Double?

    @Option(help: "Leave out pairs unless the chosen side is the better one by the share of the prompt's facts that it keeps.")
    var prefer: Preference?

    @Option(help: ArgumentHelp("Rank only with so many pairs at least; with fewer the student stays as it is.", valueName: "n"))
    var minPairs = 8
}
