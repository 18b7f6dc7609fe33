import Foundation
import PladRecords

/// Handles SIGBUS, which the system raises if a mapped file (a model, prompts) is truncated by somebody or its disk fails, and which
/// would end the process without a message.
enum BusErrorHandler {
    static func install() {
        #if os(Linux)
            var action = sigaction()
            action.__sigaction_handler.sa_sigaction = { number, information, _ in
                // Nothing but what a signal handler may do. Any other reason is a bug's, which ends the process as it would have.
                guard let information, information.pointee.si_code == CInt(BUS_ADRERR) else {
                    signal(number, SIG_DFL)
                    return
                }
                let words: StaticString =
                    "plad: a file that plad was reading (a model, prompts) was cut off, or its disk failed; put the whole file in its place and run the command again\n"
                _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
                _exit(ExitStatus.badData.rawValue)
            }
            action.sa_flags = SA_SIGINFO
            sigaction(SIGBUS, &action, nil)
        #endif
    }
}
