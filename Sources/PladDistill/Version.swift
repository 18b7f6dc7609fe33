/// The version of plad that begins a run.
package enum Version {
    package static let current = "0.1.0"
}
