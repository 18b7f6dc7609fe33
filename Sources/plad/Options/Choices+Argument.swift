public import ArgumentParser
import PladDistill
import PladEvaluation
import PladRecords
import PladStudent
import PladTeacher
import PladTraining

// Flags that take one of a few names. The types say which there are; help, completions and errors list them from there.

extension CollapseAction: ExpressibleByArgument {}
extension Course.Shape: ExpressibleByArgument {}
extension DecodeWeights: ExpressibleByArgument {}
extension InstalledStudent: ExpressibleByArgument {}
extension NegativeSource: ExpressibleByArgument {}
extension Negatives: ExpressibleByArgument {}
extension KeptCompletions: ExpressibleByArgument {}
extension KeptText: ExpressibleByArgument {}
extension Norm: ExpressibleByArgument {}
extension Preference: ExpressibleByArgument {}
extension QualityKind: ExpressibleByArgument {}
extension RankedTexts: ExpressibleByArgument {}
extension SamplePairing: ExpressibleByArgument {}
extension Schedule.Shape: ExpressibleByArgument {}
extension Streaming: ExpressibleByArgument {}
extension TensorType: ExpressibleByArgument {}

extension CompletionKind {
    /// Completion of a dialect's name.
    static var dialects: CompletionKind { .list(Dialects.names) }
    /// Completion of a loss's name.
    static var losses: CompletionKind { .list(Losses.all.map { $0.name }) }
}
