import ArgumentParser
import PladStudent

struct AdapterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Train a low-rank adapter of this rank, and leave the student's own weights.", valueName: "r"))
    var loraRank: Int?

    @Option(help: "The adapter's change is multiplied by this over its rank. By default twice the rank.")
    var loraAlpha: Double?

    @Option(help: ArgumentHelp("Layers that the adapter changes, such as q_proj,v_proj.", valueName: "names"))
    var loraTargets = LoRA.allLinear
}
