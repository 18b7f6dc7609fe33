import Foundation
import PladStudent
import PladTensor
import Testing

/// The engine against PyTorch. The reference's own float32 noise is 1e-6 in log-probabilities; ours sums in another order.
@Suite struct EngineGoldenTests {
    @Test(arguments: Golden.names)
    func logProbabilitiesEqualTheReference(_ name: String) throws {
        let golden = try Golden.load(name)
        let expected = golden.pairs.map { [$0.chosenLogprobs, $0.rejectedLogprobs] }
        #expect(distance(try Golden.student(name).logProbabilities(of: golden.trees), expected) < Golden.tolerance(name))
    }

    @Test(arguments: Golden.names)
    func rankStepEqualsTheReference(_ name: String) throws {
        let golden = try Golden.load(name)
        let student = try Golden.student(name)
        let gradients = Weights(like: student.weights)
        let pass = GradientPass(student: student, gradients: gradients)
        let scores = try pass.forward(golden.trees).map { $0.map { $0.reduce(0) { $0 + Double($1) } } }

        let step = golden.rankStep
        let better = step.swapped ? 1 : 0
        let losses = scores.map { max(0, step.beta - $0[better] + $0[1 - better]) }
        for (loss, expected) in zip(losses, step.perPair) { #expect(abs(loss - expected) < 1e-4) }
        #expect(losses.contains(0), "one pair lies outside the margin")
        try pass.backward(
            losses.map { loss in
                let pull = loss > 0 ? -1 / Float(losses.count) : 0
                return better == 0 ? [pull, -pull] : [-pull, pull]
            })

        #expect(step.gradNorms.count == gradients.tensors.count)
        for tensor in gradients.tensors {
            let norm = sumOfSquares(gradients.values(of: tensor).baseAddress!, count: tensor.count).squareRoot()
            #expect(relativeError(norm, step.gradNorms[tensor.name]!) < 2e-5, "\(tensor.name)")
        }
        let total = sumOfSquares(gradients.buffer, workers: student.workers).squareRoot()
        #expect(relativeError(total, step.gradNormTotal) < 1e-5)

        try student.makeTrainable()
        adamW(
            weights: student.weights.buffer, gradients: gradients.buffer,
            firstMoments: Weights(like: student.weights).buffer, secondMoments: Weights(like: student.weights).buffer,
            parameters: AdamWParameters(learningRate: 1e-3, weightDecay: 0.01, step: 1), workers: student.workers)
        for tensor in student.weights.tensors {
            let norm = sumOfSquares(student.weights.values(of: tensor).baseAddress!, count: tensor.count).squareRoot()
            // The first step moves a value by the learning rate towards its gradient's sign, which is noise where the true
            // gradient is 0: a key's bias, for one, adds the same to all scores of a row.
            let noise = Float(1e-6 * step.gradNormTotal)
            let unsure = gradients.values(of: tensor).count { $0 != 0 && abs($0) < noise }
            let expected = step.paramNormsAfterAdamw[tensor.name]!
            #expect(abs(norm - expected) < 1e-5 * expected + 2e-3 * Double(unsure).squareRoot(), "\(tensor.name), \(unsure) unsure")
        }
    }
}
