import Foundation

/// Float32 memory of fixed size, zero at first, aligned to a page, and freed with its last owner.
///
/// The memory is reserved at `init` and becomes resident page by page on first access.
package final class AlignedBuffer {
    package let count: Int
    package let pointer: UnsafeMutablePointer<Float>
    private let bytes: Int

    /// - Parameter largePages: true for memory that is used as a whole: saves the processor most address look-ups.
    /// - Precondition: `count` is not negative and the operating system grants the memory.
    package init(count: Int, largePages: Bool = true) {
        precondition(count >= 0, "a buffer of \(count) floats")
        self.count = count
        bytes = max(count, 1) * MemoryLayout<Float>.stride
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            fatalError("no memory for \(bytes) bytes: \(String(cString: strerror(errno)))")
        }
        // A refusal costs nothing but time.
        if largePages, bytes >= 4 << 20 { madvise(memory, bytes, MADV_HUGEPAGE) }
        pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    /// True if the operating system would grant a buffer of this size now.
    package static func isGranted(count: Int) -> Bool {
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else {
            return false
        }
        munmap(memory, bytes)
        return true
    }

    deinit { munmap(pointer, bytes) }

    /// All values, for reading and writing.
    package var values: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: pointer, count: count) }

    /// Address of a run of `length` floats from `offset` on.
    ///
    /// - Precondition: the run is inside the buffer.
    package func pointer(at offset: Int, count length: Int) -> UnsafeMutablePointer<Float> {
        precondition(
            offset >= 0 && length >= 0 && offset <= count - length, "floats \(offset)..<\(offset + length) of a buffer of \(count)")
        return pointer + offset
    }
}
