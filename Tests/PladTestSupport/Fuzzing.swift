import Foundation
import PladRecords
import Testing

/// Many damaged inputs, one after the other: each must be read or refused with an error of plad's own, in time.
///
/// `PLAD_FUZZ_CASES` is how many cases all fuzz tests run together (20,000 otherwise), `PLAD_FUZZ_SEED` picks others, and
/// `PLAD_FUZZ_KEEP=FOLDER` writes each case to FOLDER before it runs, so that a crash leaves its input behind.
package struct Fuzzing {
    package let name: String
    /// The part of all cases that this test takes.
    package let share: Double

    package init(name: String, share: Double) {
        self.name = name
        self.share = share
    }

    /// Far above the slowest case on a busy machine, far below a quadratic blow-up or a hang.
    private static let longest = Duration.seconds(5)
    private static let environment = ProcessInfo.processInfo.environment
    package static let cases = environment["PLAD_FUZZ_CASES"].flatMap(Int.init) ?? 20_000
    package static let seed = environment["PLAD_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    private static let kept = environment["PLAD_FUZZ_KEEP"].map { URL(fileURLWithPath: $0) }

    /// Damages one of `originals` for each case and hands it to `body`, which may throw any `Failure`.
    ///
    /// - Parameter isJSON: whether half of the cases are changes of values, keys and nesting instead of bytes.
    package func run(_ originals: [[UInt8]], isJSON: Bool = false, _ body: ([UInt8], inout Mutator) throws -> Void) throws {
        var mutator = Mutator(seed: Self.seed, name: name, words: Mutator.words(originals.flatMap { $0 }))
        let trees = isJSON ? try originals.map { try FuzzTree(JSONValue(parsing: Data($0))) } : []
        var accepted = 0
        let cases = max(1, Int(Double(Self.cases) * share))
        for number in 0..<cases {
            let which = mutator.pick(originals.count)
            let input = isJSON && mutator.pick(2) == 0 ? trees[which].damaged(&mutator).bytes : mutator.damaged(originals[which])
            if let folder = Self.kept { try Data(input).write(to: folder.appendingPathComponent(name)) }
            let started = ContinuousClock.now
            do {
                try body(input, &mutator)
                accepted += 1
            } catch is any Failure {
                // What a damaged file deserves.
            } catch {
                Issue.record("\(name), case \(number): \(error)\n\(Data(input).base64EncodedString())")
            }
            let time = ContinuousClock.now - started
            if time > Self.longest { Issue.record("\(name), case \(number): took \(time)\n\(Data(input).base64EncodedString())") }
        }
        // Damage that is always seen at once, or never, would test little.
        if cases > 500 { #expect(accepted > cases / 100 && accepted < cases * 99 / 100, "\(name): \(accepted) of \(cases) were read") }
    }
}
