import ArgumentParser
import Foundation
import PladCache
import PladRecords

extension CacheCommand {
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute every key and digest, and parse every response; exits 65 if there is a problem.")

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print as JSON.")
        var json = false

        func run() throws {
            let verification = try file.open().verify()
            if json {
                try Console.result(line: verification)
            } else {
                for problem in verification.problems { Console.result(problem) }
                Console.result("\(verification.completions) completions, \(verification.problems.count) problems")
            }
            if !verification.problems.isEmpty { throw ExitCode(ExitStatus.badData.rawValue) }
        }
    }
}
