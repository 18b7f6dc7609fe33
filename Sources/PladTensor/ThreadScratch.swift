import Foundation

/// A thread's scratch memory for products; it grows to the largest request and lives as long as the thread.
final class ThreadScratch {
    private var memory = AlignedBuffer(count: 0)

    /// Memory for at least `count` floats; the thread's next call overwrites it.
    static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let scratch = ofThread
        if scratch.memory.count < count { scratch.memory = AlignedBuffer(count: count) }
        return scratch.memory.pointer
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let code = pthread_key_create(&key) { memory in Unmanaged<ThreadScratch>.fromOpaque(memory!).release() }
        precondition(code == 0, "pthread_key_create answered \(code)")
        return key
    }()

    private static var ofThread: ThreadScratch {
        if let memory = pthread_getspecific(key) { return Unmanaged<ThreadScratch>.fromOpaque(memory).takeUnretainedValue() }
        let memory = ThreadScratch()
        pthread_setspecific(key, Unmanaged.passRetained(memory).toOpaque())
        return memory
    }
}
