import Foundation

/// The course of the learning rate over a run of `steps` optimiser steps.
public struct Schedule: Codable, Sendable, Hashable {
    public enum Shape: String, Codable, Sendable, CaseIterable {
        case constant
        /// Half a cosine wave from 1 to 0.
        case cosine
        /// A straight line from 1 to 0.
        case linear
        /// Warm-up, stable, decay: 1 until the last tenth, then a straight line to 0.
        case wsd
    }

    public var shape: Shape
    /// Share of the steps in which the rate first rises linearly from 0.
    public var warmUp: Double

    public init(shape: Shape = .constant, warmUp: Double = 0) {
        self.shape = shape
        self.warmUp = warmUp
    }

    /// The factor on the learning rate at a step, counted from 0, of `steps`.
    ///
    /// Equal to transformers' `get_*_schedule_with_warmup` at the same step, except in warm-up: its first step has rate 0 there, which
    /// is wasted; here the ramp is one step shorter, at 1/n, 2/n, … n/n.
    package func factor(step: Int, of steps: Int) -> Double {
        let ramp = Int((warmUp * Double(steps)).rounded(.up))
        if step < ramp { return Double(step + 1) / Double(ramp) }
        let rest = Double(max(steps - ramp, 1))
        let progress = Double(step - ramp) / rest
        switch shape {
        case .constant: return 1
        case .cosine: return 0.5 * (1 + cos(.pi * progress))
        case .linear: return 1 - progress
        case .wsd: return progress < 0.9 ? 1 : (1 - progress) / 0.1
        }
    }
}
