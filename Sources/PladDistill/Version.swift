/// The version of plad, which a run records.
package enum Version {
    package static let current = "0.1.0"
}
