import Foundation
import PladTensor
import Testing

@Suite struct CrossEntropyTests {
    @Test(arguments: [1, 16, 37])
    func logSumExpAndGradientEqualTheirDefinitionOverTiles(_ columns: Int) {
        var values = Values(11)
        let (rows, stride, tiles) = (4, 40, 3)
        let logits = (0..<tiles).map { _ in values.many(rows * stride, scale: 30) }
        var (peak, total) = ([Float](repeating: -.infinity, count: rows), [Float](repeating: 0, count: rows))
        for tile in logits {
            accumulateLogSumExp(tile, stride: stride, rows: rows, columns: columns, greatest: &peak, total: &total)
        }
        let expected = (0..<rows).map { row in
            log(logits.reduce(0) { sum, tile in (0..<columns).reduce(sum) { $0 + exp(Double(tile[row * stride + $1])) } })
        }
        let sums = zip(peak, total).map { $0 + log($1) }
        #expect(relativeDistance(sums, expected) < 1e-6)

        var gradient = logits[0]
        let weights = values.many(rows)
        softmaxGradient(&gradient, stride: stride, rows: rows, columns: columns, logSumExp: sums, weight: weights)
        for row in 0..<rows {
            for column in 0..<stride {
                let at = row * stride + column
                let value = column < columns ? -Double(weights[row]) * exp(Double(logits[0][at]) - expected[row]) : Double(logits[0][at])
                #expect(abs(Double(gradient[at]) - value) < 1e-5)
            }
        }
    }
}
