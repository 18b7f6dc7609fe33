import ArgumentParser
import Foundation
import PladCache
import PladRecords
import PladTeacher

extension CacheCommand {
    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add the completions of another cache, and their cost. Those present already are kept unchanged.",
            discussion: """
                The costs of the other cache, paid or in doubt, are added to this one's account, and count in its budget; a \
                merge done twice counts them once. A recording (.jsonl) holds completions only. Open batches, and the money \
                reserved for them or for requests under way, stay with the other cache.
                """)

        @Argument(help: "The cache or recording to read.")
        var other: String

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print the counts as JSON.")
        var json = false

        func run() throws {
            let other = try CompletionCache(opening: URL(fileURLWithPath: other), for: .reading)
            let cache = try file.open(for: .writing)
            let before = try cache.account()
            let imported = try cache.merge(other)
            let (after, theirs) = try (cache.account(), other.account())
            if json { return try Console.result(line: Merged(imported, after)) }
            try Console.result(imported, json: false)
            guard theirs.total > .zero else { return }
            Console.result("account: \(before.paid) paid before, \(after.paid) now; \(after.inDoubt) in doubt")
            let aside = theirs.reserved + theirs.inBatches
            if aside > .zero { Console.result("\(aside) reserved stays with \(self.other)") }
        }

        private struct Merged: Encodable {
            var added: Int
            var present: Int
            var different: Int
            /// Account after the merge.
            var account: Account

            init(_ imported: CompletionCache.Imported, _ account: Account) {
                (added, present, different) = (imported.added, imported.present, imported.different)
                self.account = account
            }
        }
    }

    struct Recover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy every intact completion of a damaged cache into a new one.")

        @Argument(help: "The new cache.")
        var recovered: String

        @OptionGroup var file: CacheFileOptions

        @Flag(help: "Print the counts as JSON.")
        var json = false

        func run() throws {
            let result = try Self.telling(of: file.cache) {
                try CompletionCache.recover(URL(fileURLWithPath: file.cache), into: URL(fileURLWithPath: recovered))
            }
            if json { return try Console.result(line: result) }
            Console.result("\(result.completions) completions saved in \(recovered), \(result.lost) lost")
        }

        /// Replaces the error of a cache whose table of completions cannot be found: nothing can be recovered, so "recover it" would not
        /// help.
        private static func telling<Result>(of cache: String, _ body: () throws -> Result) throws -> Result {
            do {
                return try body()
            } catch let error as CacheError where error.code == .damaged {
                throw CacheError(
                    .damaged,
                    "no completion in \(cache) can be read: it is cut off, or its beginning is overwritten; import a recording or copy of it into a new cache (plad cache import FILE --cache NEW), or ask again into one"
                )
            }
        }
    }

    struct Collect: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gc",
            abstract: "Count, and with --yes delete, truncated completions that a longer one has replaced.")

        @OptionGroup var file: CacheFileOptions

        @Option(help: ArgumentHelp("Also all completions of this teacher, by its name in plad cache stats.", valueName: "name"))
        var teacher: String?

        @Flag(help: "Delete them.")
        var yes = false

        @Flag(help: "Print the counts as JSON.")
        var json = false

        func run() throws {
            let garbage = try file.open(for: yes ? .writing : .reading).collectGarbage(teacher: teacher, deleting: yes)
            if json { return try Console.result(line: garbage) }
            let what = "\(garbage.completions) completions of \(garbage.bytes) bytes"
            Console.result(yes ? "deleted \(what)" : "would delete \(what); add --yes to do so")
        }
    }
}

extension Console {
    /// Prints the result of an import or merge.
    static func result(_ imported: CompletionCache.Imported, json: Bool) throws {
        if json { return try result(line: imported) }
        result("\(imported.added) added, \(imported.present) there already, \(imported.different) kept though the recording differs")
    }
}
