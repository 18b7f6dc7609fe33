import ArgumentParser
import PladCache
import PladTeacher

extension CacheCommand {
    struct Settle: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show, and with --yes write off, money set aside for requests that broke off or were lost in a crash.",
            discussion: """
                A budget counts them at the most that they can have cost, since the provider may have charged for them. Write \
                them off once its bill has shown that it did not, and while no run is asking. What is set aside for open batches \
                stays: plad batch cancel settles those.
                """)

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Write it off.")
        var yes = false

        func run() throws {
            let cache = try file.open(for: yes ? .writing : .reading)
            let account = try yes ? cache.writeOff() : cache.account()
            let what = "\(account.inDoubt) in doubt and \(account.reserved) set aside, beside \(account.paid) paid"
            Console.result(yes ? "wrote off \(what)" : "would write off \(what); add --yes to do so")
        }
    }
}
