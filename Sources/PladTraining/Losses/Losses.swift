/// All losses by name.
package enum Losses {
    package static let all: [any Loss.Type] = [
        RankLoss.self, MarginLoss.self, LogisticLoss.self, HingeNormLoss.self, DPOLoss.self, IPOLoss.self, SimPOLoss.self, CPOLoss.self,
        ORPOLoss.self, ListLoss.self, ExpectedRewardLoss.self, RRHFLoss.self, LikelihoodLoss.self,
    ]

    /// Throws `TrainingError.setting` that lists the names there are.
    package static func named(_ name: String) throws -> any Loss.Type {
        guard let found = all.first(where: { $0.name == name }) else {
            let names = all.map { $0.name }.joined(separator: ", ")
            throw TrainingError(.setting, "there is no loss \"\(name)\"; choose one of: \(names)")
        }
        return found
    }

    /// All numbers of a loss: those given, and its defaults for the rest.
    ///
    /// Throws `TrainingError.setting` for a number that the loss does not take, or that is out of range.
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

    /// How a loss's scores are formed: as given, or its usual way.
    ///
    /// Throws `TrainingError.setting` for another way than a loss is defined by.
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
