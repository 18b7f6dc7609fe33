import ArgumentParser
import Foundation
import PladCache

extension CacheCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all answers as JSON lines, sorted so that the same answers give the same file.")

        @Argument(help: "The recording to write.")
        var recording: String

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Leave out when each answer came and how long it took: those differ with every recording.")
        var withoutTimes = false

        func run() throws {
            let count = try file.open().exportRecording(to: URL(fileURLWithPath: recording), withTimes: !withoutTimes)
            Console.say("wrote \(count) answers to \(recording)")
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add the answers of a recording to the cache. Answers that are there already stay as they are.")

        @Argument(help: "The recording to read.")
        var recording: String

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print the counts as JSON.")
        var json = false

        func run() throws {
            try Console.result(file.open(for: .writing).importRecording(URL(fileURLWithPath: recording)), json: json)
        }
    }
}
