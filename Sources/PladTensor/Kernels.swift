import CKernels
import Foundation

/// The innermost loops for this processor, chosen once: compiled for AVX-512, for AVX2 and for every processor.
///
/// A path's results are the same in every run; two paths' differ in the last bits, where one rounds once and the other twice.
let kernels: kernel_table = {
    do { return try KernelPath.chosen() } catch { fatalError("\(error)") }
}()

/// Which of the kernels a process computes with.
package enum KernelPath: String, CaseIterable, Sendable {
    case generic, avx2, avx512

    /// The environment variable that forces one.
    package static let variable = "PLAD_KERNELS"

    /// The path in use.
    package static var current: String { String(cString: kernels.name) }

    /// The paths that this processor runs, the plainest first.
    package static var available: [KernelPath] { allCases.filter { kernels_named($0.rawValue) != nil } }

    /// Fails where the environment forces a path that this processor does not run.
    package static func check() throws { _ = try chosen() }

    fileprivate static func chosen() throws -> kernel_table {
        guard let name = ProcessInfo.processInfo.environment[variable], !name.isEmpty else { return kernels_best().pointee }
        guard let table = kernels_named(name) else { throw KernelError(name: name) }
        return table.pointee
    }
}

/// A kernel path was asked for that does not exist or does not run here.
package struct KernelError: Error, CustomStringConvertible {
    package let name: String

    package var description: String {
        let available = KernelPath.available.map(\.rawValue).joined(separator: ", ")
        let problem = KernelPath(rawValue: name) == nil ? "is no kernel path" : "needs a processor that this one is not"
        return "\(KernelPath.variable)=\(name) \(problem); here it may be \(available), or unset for the best"
    }
}
