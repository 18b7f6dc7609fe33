import ArgumentParser
import Foundation
import PladCache
import PladTeacher

extension CacheCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all completions as JSON lines, sorted so that the same completions give the same file.",
            discussion: "A recording holds completions only: their cost stays on the cache's account. plad cache merge copies both.")

        @Argument(help: "The recording to write.")
        var recording: String

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Leave out the times of each completion, which differ in every recording.")
        var withoutTimes = false

        func run() throws {
            let cache = try file.open()
            let count = try cache.exportRecording(to: URL(fileURLWithPath: recording), withTimes: !withoutTimes)
            let paid = try cache.account().paid
            Console.say(
                "wrote \(count) completions to \(recording)"
                    + (paid > .zero ? "; that they cost \(paid) is in \(file.cache) only" : ""))
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add the completions of a recording to the cache. Those present already are kept unchanged.",
            discussion: "A recording does not hold the cost of its completions: the cache's account is unchanged.")

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
