package import PladTraining

/// A loss with its parameters and norm.
package struct ResolvedLoss {
    package var type: any Loss.Type
    package var settings: LossSettings
    package var norm: Norm

    package var loss: any Loss { type.init(settings) }
}

extension RankingSettings {
    private static var numbers: [(LossParameter, WritableKeyPath<RankingSettings, Double?>)] {
        [(.margin, \.margin), (.lambda, \.lambda), (.beta, \.beta), (.gamma, \.gamma), (.alpha, \.alpha), (.scale, \.scale)]
    }

    /// The loss with the given parameters, and its defaults for the others.
    ///
    /// Throws `TrainingError.setting` for an unknown loss, and for a parameter that the loss does not have or that is out of range.
    package var resolvedLoss: ResolvedLoss {
        get throws {
            let type = try Losses.named(loss)
            let given = Self.numbers.compactMap { parameter, path in self[keyPath: path].map { (parameter, $0) } }
            return ResolvedLoss(
                type: type, settings: try Losses.settings(of: type, given: LossSettings(Dictionary(uniqueKeysWithValues: given))),
                norm: try Losses.norm(of: type, given: norm))
        }
    }

    /// Fills in the loss's defaults for missing parameters, for the record.
    package mutating func fill() throws {
        let resolved = try resolvedLoss
        for (parameter, path) in Self.numbers { self[keyPath: path] = resolved.settings.values[parameter] }
        norm = resolved.norm
    }
}
