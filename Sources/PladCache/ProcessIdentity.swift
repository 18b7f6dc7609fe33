import Foundation

/// Names a process so that no other, before it, after it or on another machine, has the same name: the machine's start, the
/// process's number and its own start.
package enum ProcessIdentity {
    static let own = name(of: getpid()) ?? "\(getpid())"

    /// True if the process of this name still runs, as far as this machine can see: another's processes count as gone.
    static func isAlive(_ name: String) -> Bool {
        number(in: name).flatMap { self.name(of: $0) } == name
    }

    /// The process's number.
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
