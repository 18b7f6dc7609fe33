import ArgumentParser
import Foundation
import PladCache
import PladDistill

/// The command `plad cache …`: the teacher's stored completions.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "List, check, export and merge the teacher's recorded completions.",
        subcommands: [
            List.self, Show.self, Explain.self, Stats.self, Export.self, Import.self, Merge.self, Verify.self, Recover.self, Collect.self,
            Settle.self,
        ])
}

/// The option that names the file of a cache command.
struct CacheFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The cache, or a recording in JSON lines (.jsonl).", valueName: "file"))
    var cache = TeacherSettings.usualCache

    func open(for use: CompletionCache.Use = .reading) throws -> CompletionCache {
        try CompletionCache(opening: URL(fileURLWithPath: cache), for: use)
    }
}
