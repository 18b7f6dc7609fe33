import ArgumentParser
import PladDistill
import PladTraining

/// Which of the student's samples become rejected sides.
struct PairingOptions: ParsableArguments {
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
