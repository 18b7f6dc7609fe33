package import PladTraining

/// A loss with all that it needs to be known.
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

    /// The loss with the numbers given and its own for the others.
    ///
    /// Throws `TrainingError.setting` for a name that no loss has, a number that the loss does not take or that is out of range.
    package var resolvedLoss: ResolvedLoss {
        get throws {
            let type = try Losses.named(loss)
            let given = Self.numbers.compactMap { parameter, path in self[keyPath: path].map { (parameter, $0) } }
            return ResolvedLoss(
                type: type, settings: try Losses.settings(of: type, given: LossSettings(Dictionary(uniqueKeysWithValues: given))),
                norm: try Losses.norm(of: type, given: norm))
        }
    }

    /// Puts the loss's own numbers where none are given, so that a record says what was computed.
    package mutating func fill() throws {
        let resolved = try resolvedLoss
        for (parameter, path) in Self.numbers { self[keyPath: path] = resolved.settings.values[parameter] }
        norm = resolved.norm
    }
}
