import Foundation
import PladRecords
import Testing

/// Many damaged inputs, one after the other: each must be read or refused with an error of plad's own, in time.
///
/// Each test runs its share of `PLAD_FUZZ_CASES` (20,000 where it is not set), `PLAD_FUZZ_SEED` picks others, and
/// `PLAD_FUZZ_KEEP=FOLDER` writes each case to FOLDER before it runs, so that a crash leaves its input behind.
package struct Fuzzing {
    package let name: String
    /// The part of that number which this test runs.
    package let share: Double

    package init(name: String, share: Double) {
        self.name = name
        self.share = share
    }

    /// Far above the slowest case, far below a quadratic blow-up or a hang; of the processor, where nothing is waited for.
    private static let longest = Duration.seconds(5)
    private static let environment = ProcessInfo.processInfo.environment
    package static let cases = environment["PLAD_FUZZ_CASES"].flatMap(Int.init) ?? 20_000
    package static let seed = environment["PLAD_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    private static let kept = environment["PLAD_FUZZ_KEEP"].map { URL(fileURLWithPath: $0) }

    /// Damages one of `originals` for each case and hands it to `body`, which may throw any `Failure`.
    ///
    /// - Parameter isJSON: whether half of the cases are changes of values, keys and nesting instead of bytes.
    package func run(_ originals: [[UInt8]], isJSON: Bool = false, _ body: ([UInt8], inout Mutator) throws -> Void) throws {
        var cases = try Cases(self, originals, isJSON: isJSON)
        while let input = try cases.next() {
            var result = Result<Void, any Error>.success(())
            let seconds = processorSeconds { result = Result { try body(input, &cases.mutator) } }
            cases.note(input, result, took: .seconds(seconds))
        }
        cases.end()
    }

    /// The same for what is waited for.
    package func run(_ originals: [[UInt8]], isJSON: Bool = false, _ body: ([UInt8], inout Mutator) async throws -> Void) async throws {
        var cases = try Cases(self, originals, isJSON: isJSON)
        while let input = try cases.next() {
            let started = ContinuousClock.now
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(input, &cases.mutator))
            } catch {
                result = .failure(error)
            }
            cases.note(input, result, took: started.duration(to: .now))
        }
        cases.end()
    }

    /// The damaged inputs of one test, and what became of them.
    private struct Cases {
        let fuzzing: Fuzzing
        let originals: [[UInt8]]
        let trees: [FuzzTree]
        let count: Int
        var mutator: Mutator
        private var number = 0
        private var accepted = 0

        init(_ fuzzing: Fuzzing, _ originals: [[UInt8]], isJSON: Bool) throws {
            self.fuzzing = fuzzing
            self.originals = originals
            mutator = Mutator(seed: Fuzzing.seed, name: fuzzing.name, words: Mutator.words(originals.flatMap { $0 }))
            trees = isJSON ? try originals.map { try FuzzTree(JSONValue(parsing: Data($0))) } : []
            count = max(1, Int(Double(Fuzzing.cases) * fuzzing.share))
        }

        mutating func next() throws -> [UInt8]? {
            guard number < count else { return nil }
            number += 1
            let which = mutator.pick(originals.count)
            let input = !trees.isEmpty && mutator.pick(2) == 0 ? trees[which].damaged(&mutator).bytes : mutator.damaged(originals[which])
            if let folder = Fuzzing.kept { try Data(input).write(to: folder.appendingPathComponent(fuzzing.name)) }
            return input
        }

        mutating func note(_ input: [UInt8], _ result: Result<Void, any Error>, took time: Duration) {
            switch result {
            case .success: accepted += 1
            // What a damaged file deserves.
            case .failure(is any Failure): break
            case .failure(let error):
                Issue.record("\(fuzzing.name), case \(number - 1): \(error)\n\(Data(input).base64EncodedString())")
            }
            if time > Fuzzing.longest {
                Issue.record("\(fuzzing.name), case \(number - 1): took \(time)\n\(Data(input).base64EncodedString())")
            }
        }

        /// Damage that is always seen at once, or never, would test little.
        func end() {
            guard count > 500 else { return }
            #expect(accepted > count / 100 && accepted < count * 99 / 100, "\(fuzzing.name): \(accepted) of \(count) were read")
        }
    }
}
