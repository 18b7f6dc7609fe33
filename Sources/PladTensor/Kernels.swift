import CKernels
import Foundation

/// The table of kernels for this processor, chosen once: compiled for AVX-512, for AVX2 and for every processor.
///
/// A path gives the same results in every run; two paths may differ in the last bits, since one fuses multiply-adds and the other
/// rounds twice.
let kernels: kernel_table = {
    do { return try KernelPath.chosen() } catch { fatalError("\(error)") }
}()

/// The set of kernels that a process computes with.
package enum KernelPath: String, CaseIterable, Sendable {
    case generic, avx2, avx512

    /// Name of the environment variable that forces a path.
    package static let variable = "PLAD_KERNELS"

    /// Name of the path in use.
    package static var current: String { String(cString: kernels.name) }

    /// Paths that this processor can run, the simplest first.
    package static var available: [KernelPath] { allCases.filter { kernels_named($0.rawValue) != nil } }

    /// Throws if the environment forces a path that this processor cannot run.
    package static func check() throws { _ = try chosen() }

    fileprivate static func chosen() throws -> kernel_table {
        guard let name = ProcessInfo.processInfo.environment[variable], !name.isEmpty else { return kernels_best().pointee }
        guard let table = kernels_named(name) else { throw KernelError(name: name) }
        return table.pointee
    }
}

/// The error for a kernel path that does not exist or does not run here.
package struct KernelError: Error, CustomStringConvertible {
    package let name: String

    package var description: String {
        let available = KernelPath.available.map(\.rawValue).joined(separator: ", ")
        let problem = KernelPath(rawValue: name) == nil ? "is not a kernel path" : "needs a processor that this one is not"
        return "\(KernelPath.variable)=\(name) \(problem); here it may be \(available), or unset for the best"
    }
}
