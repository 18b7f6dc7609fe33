import Foundation
import PladTraining
import Testing

@Suite struct DistributionLossTests {
    private static let all = DistributionLosses.names.map { DistributionLosses.named($0, skew: 0.1)! }

    /// The value, and the gradient by all logits as the head makes it of the derivatives by the kept tokens' log-probabilities.
    private func computed(_ reference: WhiteBoxCases.Loss) throws -> (value: Double, gradient: [Double]) {
        let loss = try #require(DistributionLosses.named(reference.loss, skew: 0.1))
        let teacher = normalised(reference.logProbabilities.map { $0 / reference.tau })
        let student = normalised(reference.logits.map { $0 / reference.studentTau })
        var derivatives = [Double](repeating: .nan, count: teacher.count)
        let value = loss(teacher: teacher, student: reference.ids.map { student[$0] }, derivatives: &derivatives)
        var gradient = student.map { -exp($0) * derivatives.reduce(0, +) / reference.studentTau }
        for (id, derivative) in zip(reference.ids, derivatives) { gradient[id] += derivative / reference.studentTau }
        return (value, gradient)
    }

    private func normalised(_ logits: [Double]) -> [Double] {
        let peak = logits.max()!
        let total = peak + log(logits.reduce(0) { $0 + exp($1 - peak) })
        return logits.map { $0 - total }
    }

    @Test(arguments: WhiteBoxCases.all.losses) func valueAndGradientEqualPyTorch(_ reference: WhiteBoxCases.Loss) throws {
        let (value, gradient) = try computed(reference)
        // Both are float64; what is left is the order of the sums.
        #expect(abs(value - reference.value) < 1e-10 * max(1, abs(reference.value)))
        for (found, expected) in zip(gradient, reference.gradient) { #expect(abs(found - expected) < 1e-10 * max(1, abs(expected))) }
    }

    @Test func everyLossIsCompared() {
        #expect(Set(WhiteBoxCases.all.losses.map(\.loss)) == Set(DistributionLosses.names))
        #expect(DistributionLosses.named("kl", skew: 0.1) == nil)
    }

    /// The derivatives are those of the value as a function of each log-probability by itself.
    @Test(arguments: DistributionLosses.names) func derivativesMatchFiniteDifferences(name: String) throws {
        let loss = try #require(DistributionLosses.named(name, skew: 0.3))
        let (teacher, student) = ([0.5, 0.3, 0.15, 0.05].map { log($0) }, [0.2, 0.35, 0.05, 0.01].map { log($0) })
        var derivatives = [0.0, 0, 0, 0]
        _ = loss(teacher: teacher, student: student, derivatives: &derivatives)
        for index in student.indices {
            var unused = derivatives
            let sides = [1e-6, -1e-6].map { step in
                var moved = student
                moved[index] += step
                return loss(teacher: teacher, student: moved, derivatives: &unused)
            }
            #expect(abs((sides[0] - sides[1]) / 2e-6 - derivatives[index]) < 1e-7, "\(index)")
        }
    }

    /// Nothing is lost by a student that is certain, or has given up a token.
    @Test(arguments: DistributionLosses.names) func extremesStayFinite(name: String) throws {
        let loss = try #require(DistributionLosses.named(name, skew: 0.1))
        for student in [[0.0, -800], [-800, -800], [-1e-9, -60]] {
            for teacher in [[0.0, -800], [log(0.5), log(0.5)]] {
                var derivatives = [Double.nan, .nan]
                let value = loss(teacher: teacher, student: student, derivatives: &derivatives)
                #expect(value.isFinite && derivatives.allSatisfy(\.isFinite), "\(student) \(teacher): \(value) \(derivatives)")
            }
        }
    }

    /// A student that is the teacher has nothing to learn of a divergence.
    @Test(arguments: ["kld", "reverse-kld", "jsd", "skewed-kld", "skewed-reverse-kld", "tvd", "mse"])
    func equalDistributionsHaveNoLoss(name: String) throws {
        let loss = try #require(DistributionLosses.named(name, skew: 0.1))
        let teacher = [0.7, 0.2, 0.1].map { log($0) }
        var derivatives = [0.0, 0, 0]
        #expect(abs(loss(teacher: teacher, student: teacher, derivatives: &derivatives)) < 1e-12)
        // By the logits: f_j − q_j · Σ f.
        let total = derivatives.reduce(0, +)
        for (derivative, value) in zip(derivatives, teacher) { #expect(abs(derivative - exp(value) * total) < 1e-12) }
    }
}
