import ArgumentParser
import Foundation
import PladRecords
import PladStudent

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a student with random weights.",
        discussion: "With plad train --loss sft it trains a model from scratch.")

    @Option(help: ArgumentHelp("A Hugging Face config.json.", valueName: "file"))
    var config: String

    @Option(help: ArgumentHelp("The folder with the tokenizer to copy.", valueName: "dir"))
    var tokenizer: String

    @Option(help: "The seed of the weights.")
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("The folder of the new student.", valueName: "dir"))
    var out: String

    func run() throws {
        try OutputFolder.check(URL(fileURLWithPath: out))
        try Student.initialise(
            config: URL(fileURLWithPath: config), tokenizer: URL(fileURLWithPath: tokenizer, isDirectory: true), seed: seed,
            into: URL(fileURLWithPath: out, isDirectory: true))
        Console.result(out)
    }
}
