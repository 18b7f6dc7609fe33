import Foundation
import PladTensor
import Testing

@Suite struct OptimiserTests {
    private func buffer(_ values: [Float]) -> AlignedBuffer {
        let buffer = AlignedBuffer(count: values.count)
        _ = buffer.values.update(from: values)
        return buffer
    }

    @Test(arguments: [1, 3])
    func adamWEqualsItsDefinitionOverSteps(_ threads: Int) {
        var values = Values(12)
        let count = 40_001
        let start = values.many(count)
        let (w, g) = (buffer(start), buffer([Float](repeating: 0, count: count)))
        let (m, v) = (AlignedBuffer(count: count), AlignedBuffer(count: count))
        let workers = Workers(threads: threads)
        var (weight, first, second) = (start.doubles, [Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for step in 1...3 {
            let gradient = values.many(count)
            _ = g.values.update(from: gradient)
            adamW(
                weights: w, gradients: g, firstMoments: m, secondMoments: v,
                parameters: AdamWParameters(learningRate: 0.01, weightDecay: 0.1, gradientScale: 0.5, step: step),
                clearingGradients: step == 3, workers: workers)
            for i in 0..<count {
                let d = 0.5 * Double(gradient[i])
                first[i] = 0.9 * first[i] + 0.1 * d
                second[i] = 0.999 * second[i] + 0.001 * d * d
                let (a, b) = (first[i] / (1 - pow(0.9, Double(step))), second[i] / (1 - pow(0.999, Double(step))))
                weight[i] = weight[i] * (1 - 0.01 * 0.1) - 0.01 * a / (b.squareRoot() + 1e-8)
            }
            #expect(g.values.allSatisfy { $0 == 0 } == (step == 3))
        }
        #expect(relativeDistance(Array(w.values), weight) < 1e-6)
    }

    @Test func fadingMomentsBecomeZeroBeforeTheyAreSubnormal() {
        let (w, g) = (buffer([1]), buffer([0]))
        let (m, v) = (buffer([1.05e-30]), buffer([1.0005e-30]))
        let parameters = AdamWParameters(learningRate: 0.01, step: 1000)
        adamW(weights: w, gradients: g, firstMoments: m, secondMoments: v, parameters: parameters, workers: Workers(threads: 1))
        #expect(m.pointer[0] == 0 && v.pointer[0] == 0)
    }

    @Test func sumOfSquaresIsTheSameForAnyThreads() {
        var values = Values(13)
        let numbers = values.many(300_007)
        let numbersBuffer = buffer(numbers)
        let sums = [1, 2, 4].map { sumOfSquares(numbersBuffer, workers: Workers(threads: $0)) }
        #expect(Set(sums).count == 1)
        let expected = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(sums[0] - expected) / expected < 1e-7)
        numbersBuffer.pointer[1234] = .nan
        #expect(sumOfSquares(numbersBuffer, workers: Workers(threads: 2)).isNaN)
    }

    @Test func clearingLeavesZeros() {
        let numbers = buffer([Float](repeating: 3, count: 200_001))
        clear(numbers, workers: Workers(threads: 2))
        #expect(numbers.values.allSatisfy { $0 == 0 })
    }
}
