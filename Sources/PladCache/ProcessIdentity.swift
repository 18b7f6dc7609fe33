import Foundation

/// A name of a process that no other has, at any time or on another machine: the machine's start, the process's number and its own
/// start.
package enum ProcessIdentity {
    static let own = name(of: getpid()) ?? "\(getpid())"

    /// True if the process of this name is still running on this machine; false for one of another machine.
    static func isAlive(_ name: String) -> Bool {
        number(in: name).flatMap { self.name(of: $0) } == name
    }

    /// The process's number in a name.
    static func number(in name: String) -> Int32? { name.split(separator: "/").last.flatMap { Int32($0) } }

    #if os(Linux)
        private static let machine = text("/proc/sys/kernel/random/boot_id") ?? ""

        package static func name(of process: Int32) -> String? {
            // The command stands in brackets and may hold any character; the start is the 20th field after it (proc(5), 22).
            let fields = text("/proc/\(process)/stat")?.split(separator: ")").last?.split(separator: " ")
            guard let fields, fields.count > 19 else { return nil }
            return "\(machine)/\(fields[19])/\(process)"
        }

        private static func text(_ path: String) -> String? {
            (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    #else
        package static func name(of process: Int32) -> String? {
            kill(process, 0) == 0 || errno == EPERM ? "\(ProcessInfo.processInfo.hostName)/\(process)" : nil
        }
    #endif
}
