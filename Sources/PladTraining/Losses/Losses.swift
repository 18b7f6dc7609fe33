import PladRecords

/// All losses by name.
package enum Losses {
    package static let all: [any Loss.Type] = [
        RankLoss.self, MarginLoss.self, LogisticLoss.self, HingeNormLoss.self, DPOLoss.self, IPOLoss.self, SimPOLoss.self, CPOLoss.self,
        ORPOLoss.self, DPKDLoss.self, ListLoss.self, ExpectedRewardLoss.self, RRHFLoss.self, LikelihoodLoss.self,
    ]

    /// The loss of this name. Throws `TrainingError.setting` with the list of names.
    package static func named(_ name: String) throws -> any Loss.Type {
        guard let found = all.first(where: { $0.name == name }) else {
            let names = all.map { $0.name }.joined(separator: ", ")
            throw TrainingError(.setting, "there is no loss \"\(name)\"; choose one of: \(names)")
        }
        return found
    }

    /// All parameters of a loss: the given ones, and defaults for the rest.
    ///
    /// Throws `TrainingError.setting` for a parameter that the loss does not have, or a value out of range.
    package static func settings(of loss: any Loss.Type, given: LossSettings) throws -> LossSettings {
        for (parameter, value) in given.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let name = "`\(parameter.rawValue)` \(value)"
            guard loss.defaults.values[parameter] != nil else {
                throw TrainingError(.setting, "\(name): the loss \(loss.name) has no \(parameter.rawValue); \(Self.taken(by: loss))")
            }
            if let problem = parameter.problem(value) { throw TrainingError(.setting, "\(name): \(problem)") }
        }
        return loss.defaults.merging(given)
    }

    /// The norm of a loss's scores: the given one, or the loss's default.
    ///
    /// Throws `TrainingError.setting` for a norm that the loss does not allow.
    package static func norm(of loss: any Loss.Type, given: Norm?) throws -> Norm {
        let norm = given ?? loss.norms[0]
        guard loss.norms.contains(norm) else {
            throw TrainingError(
                .setting,
                "`norm` \(norm.rawValue): the loss \(loss.name) is defined by the \(loss.norms[0].rawValue); leave the setting out")
        }
        return norm
    }

    private static func taken(by loss: any Loss.Type) -> String {
        let names = loss.defaults.values.keys.map { "`\($0.rawValue)`" }.sorted().joined(separator: ", ")
        return names.isEmpty ? "it takes no numbers" : "it takes \(names)"
    }
}
