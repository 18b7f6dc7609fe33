import Foundation

/// Working memory lent to one encoder at a time, so that a tokenizer serves many threads without copies.
///
/// `free` is accessed only under `lock`; a lent object belongs to one borrower.
final class ScratchPool<Scratch: AnyObject>: @unchecked Sendable {
    private let lock = NSLock()
    private var free: [Scratch] = []
    private let make: @Sendable () -> Scratch

    init(_ make: @escaping @Sendable () -> Scratch) {
        self.make = make
    }

    func borrow<Result>(_ body: (Scratch) -> Result) -> Result {
        let scratch = lock.withLock { free.popLast() } ?? make()
        defer { lock.withLock { free.append(scratch) } }
        return body(scratch)
    }
}
