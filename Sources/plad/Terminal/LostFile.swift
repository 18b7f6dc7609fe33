import Foundation
import PladRecords

/// Files that plad reads where they lie (a model, prompts) and that somebody cuts off meanwhile, or whose disk fails: the system
/// then raises SIGBUS, which would end the process without a word.
enum LostFile {
    static func install() {
        signal(SIGBUS) { _ in
            // Nothing but what a signal handler may do.
            let words: StaticString =
                "plad: a file that plad was reading (a model, prompts) was cut off, or its disk failed; put the whole file in its place and run the command again\n"
            _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
            _exit(ExitStatus.badData.rawValue)
        }
    }
}
