/// Memory that is filled once and never written again.
///
/// Reading through `base` checks no index: callers prove theirs. Any thread may read it, since nobody writes after `init` returns.
final class FrozenBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    let base: UnsafePointer<Element>
    let count: Int

    /// Allocates `count` zeroed elements and passes them to `fill`.
    init(count: Int, fill: (UnsafeMutableBufferPointer<Element>) throws -> Void) rethrows {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count * MemoryLayout<Element>.stride, 1), alignment: max(MemoryLayout<Element>.alignment, 16))
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        let elements = UnsafeMutableBufferPointer(start: memory.baseAddress!.assumingMemoryBound(to: Element.self), count: count)
        self.base = UnsafePointer(elements.baseAddress!)
        self.count = count
        try fill(elements)
    }

    convenience init(_ elements: [Element]) {
        self.init(count: elements.count) { memory in
            for (index, element) in elements.enumerated() { memory[index] = element }
        }
    }

    deinit {
        UnsafeMutableRawPointer(mutating: base).deallocate()
    }
}
