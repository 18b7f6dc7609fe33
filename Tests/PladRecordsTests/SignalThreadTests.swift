import Dispatch
import Foundation
import PladRecords
import Testing

@Suite(.serialized) struct SignalThreadTests {
    /// With all threads blocked on which tasks run: where a signal's handler needed one of those, it would never run.
    @Test func aSignalIsHeardWhileEveryTaskIsBlocked() {
        let (heard, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        SignalThread.handle([SIGUSR2]) { number in if number == SIGUSR2 { heard.signal() } }
        // More than there are threads to run them, until no further one begins: then all of those threads are blocked.
        let blocked = DispatchSemaphore(value: 0)
        let tasks = 64
        for _ in 0..<tasks {
            Task.detached {
                blocked.signal()
                release.wait()
            }
            DispatchQueue.global().async {
                blocked.signal()
                release.wait()
            }
        }
        while blocked.wait(timeout: .now() + .milliseconds(200)) == .success {}
        for _ in 0..<3 {
            kill(getpid(), SIGUSR2)
            #expect(heard.wait(timeout: .now() + 20) == .success)
        }
        for _ in 0..<2 * tasks { release.signal() }
    }
}
