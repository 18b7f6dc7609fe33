import ArgumentParser
import PladStudent

struct AdapterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Train a low-rank adapter of this rank, and keep the student's own weights.", valueName: "r"))
    var loraRank: Int?

    @Option(help: "The scaling numerator alpha: the adapter's change is multiplied by alpha/rank. By default twice the rank.")
    var loraAlpha: Double?

    @Option(help: ArgumentHelp("The layers that the adapter changes, such as q_proj,v_proj.", valueName: "names"))
    var loraTargets = LoRA.allLinear
}
