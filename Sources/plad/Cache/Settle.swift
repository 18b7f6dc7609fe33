import ArgumentParser
import PladCache
import PladTeacher

extension CacheCommand {
    struct Settle: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show, and with --yes write off, money reserved for requests that broke off or were lost in a crash.",
            discussion: """
                A budget counts them at the most that they can have cost, since the provider may have charged for them. Write \
                them off once its bill has shown that it did not. What a run that is asking now has set aside stays, and what is set \
                aside for open batches: plad batch cancel settles those.
                """)

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Write it off.")
        var yes = false

        func run() throws {
            let cache = try file.open(for: yes ? .writing : .reading)
            let found = try cache.writeOff(deleting: yes)
            let rest = found.underWay > .zero ? " and \(found.underWay) for requests under way, which stay" : ""
            let what = "\(found.inDoubt) in doubt and \(found.reserved) reserved, beside \(found.paid) paid\(rest)"
            Console.result(yes ? "wrote off \(what)" : "would write off \(what); add --yes to do so")
        }
    }
}
