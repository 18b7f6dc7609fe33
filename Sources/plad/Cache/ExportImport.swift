import ArgumentParser
import Foundation
import PladCache
import PladTeacher

extension CacheCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all answers as JSON lines, sorted so that the same answers give the same file.",
            discussion: "A recording holds answers alone: what they cost stays on the cache's account. plad cache merge takes both.")

        @Argument(help: "The recording to write.")
        var recording: String

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Leave out when each answer came and how long it took: those differ with every recording.")
        var withoutTimes = false

        func run() throws {
            let cache = try file.open()
            let count = try cache.exportRecording(to: URL(fileURLWithPath: recording), withTimes: !withoutTimes)
            let paid = try cache.account().paid
            Console.say(
                "wrote \(count) answers to \(recording)" + (paid > .zero ? "; that they cost \(paid) stands in \(file.cache) alone" : ""))
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add the answers of a recording to the cache. Answers that are there already stay as they are.",
            discussion: "A recording does not say what its answers cost: the cache's account stays as it is.")

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
