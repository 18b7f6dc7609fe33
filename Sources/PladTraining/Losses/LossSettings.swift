/// A parameter of a loss. Its raw value is the setting's name.
package enum LossParameter: String, CodingKey, CaseIterable, Sendable {
    /// Nats by which the chosen score must exceed the rejected one; PLaD's β.
    case margin
    /// Weight of the chosen score beside the ranking.
    case lambda
    /// Inverse temperature of the probability that a gap gives.
    case beta
    /// Slope of hinge-norm, or margin of simpo.
    case gamma
    /// Weight of CPO's likelihood term, or of ORPO's odds ratio.
    case alpha
    /// Margin in nats for a difference of 1 in quality.
    case scale

    /// The reason why a value is not valid; nil if it is.
    func problem(_ value: Double) -> String? {
        switch self {
        case .margin: value.isFinite ? nil : "give a number of nats"
        case .lambda: value.isFinite ? nil : "give a number"
        case .beta: value > 0 && value.isFinite ? nil : "give a number above 0"
        case .gamma, .alpha, .scale: value >= 0 && value.isFinite ? nil : "give a number of 0 or more"
        }
    }
}

/// Values of a loss's parameters, by name.
package struct LossSettings: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package var values: [LossParameter: Double]

    package init(_ values: [LossParameter: Double]) {
        self.values = values
    }

    package init(dictionaryLiteral elements: (LossParameter, Double)...) {
        values = Dictionary(elements) { $1 }
    }

    /// These values, overridden by those of `others`.
    package func merging(_ others: LossSettings) -> LossSettings {
        LossSettings(values.merging(others.values) { $1 })
    }

    package subscript(parameter: LossParameter) -> Double {
        guard let value = values[parameter] else { preconditionFailure("the loss is made without \(parameter.rawValue)") }
        return value
    }
}
