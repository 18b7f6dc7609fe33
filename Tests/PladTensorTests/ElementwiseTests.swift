import Foundation
import PladTensor
import Testing

/// Element-wise kernels against plain float64 versions, at widths that are and are not whole vectors.
@Suite struct ElementwiseTests {
    @Test func exponentialIsWithinTwoUnitsInTheLastPlace() {
        var worst = 0.0
        let inputs = stride(from: Float(-87.3), through: 88.3, by: 0.000_37).map { $0 }
        var outputs = inputs
        exponential(of: inputs, into: &outputs, count: inputs.count)
        for (x, y) in zip(inputs, outputs) {
            let expected = exp(Double(x))
            worst = max(worst, abs(Double(y) - expected) / Double(Float(expected).ulp))
        }
        #expect(worst < 2)
    }

    @Test func exponentialSaturatesAndKeepsNaN() {
        let inputs: [Float] = [-.infinity, -1000, 1000, .infinity, .nan, 0]
        var outputs = inputs
        exponential(of: inputs, into: &outputs, count: inputs.count)
        #expect(outputs[0] < 1.3e-38 && outputs[0] == outputs[1])
        #expect(outputs[2] > 2e38 && outputs[2].isFinite && outputs[3] == outputs[2])
        #expect(outputs[4].isNaN && outputs[5] == 1)
    }

    @Test func softBoundsAndTheirSlopesEqualTheirDefinition() {
        let cap: Float = 3
        let inputs = stride(from: Float(-40), through: 40, by: 0.003).map { $0 }
        var (outputs, slopes) = (inputs, inputs)
        softCap(&outputs, cap: cap, slopes: &slopes, stride: 0, rows: 1, columns: inputs.count)
        for (x, (y, slope)) in zip(inputs, zip(outputs, slopes)) {
            let expected = tanh(Double(x / cap))
            #expect(abs(Double(y) - 3 * expected) <= 4e-7 * abs(3 * expected), "\(x)")
            #expect(abs(Double(slope) - (1 - expected * expected)) < 1e-6, "\(x)")
        }
        var gradient = inputs
        softCapBackward(&gradient, slopes: slopes, stride: 0, rows: 1, columns: inputs.count)
        #expect(gradient == zip(inputs, slopes).map { $0 * $1 })
    }

    @Test(arguments: [1, 8, 16, 48, 75], [Float(0), 1])
    func rmsNormAndItsBackwardEqualTheirDefinition(_ width: Int, _ offset: Float) {
        var values = Values(1)
        let (rows, epsilon) = (5, Float(1e-3))
        let (x, gain) = (values.many(rows * width), values.many(width))
        let (dy, start) = (values.many(rows * width), values.many(rows * width))
        var (y, again) = (x, x)
        var inverseRMS = [Float](repeating: 0, count: rows)
        var (dx, dGain) = (start, [Float](repeating: 0, count: width))
        rmsNorm(x, gain: gain, offset: offset, epsilon: epsilon, into: &y, inverseRMS: &inverseRMS, rows: rows, width: width)
        rmsNormBackward(
            dy, x: x, gain: gain, offset: offset, inverseRMS: inverseRMS, addingTo: &dx, addingTo: &dGain, into: &again, rows: rows,
            width: width)
        #expect(again == y)

        var (expectedY, expectedDX, expectedDGain) = ([Double](), [Double](), [Double](repeating: 0, count: width))
        for row in 0..<rows {
            let at = row * width..<(row + 1) * width
            let (x, dy, gain) = (x[at].map(Double.init), dy[at].map(Double.init), gain.map { Double($0 + offset) })
            let r = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(width) + Double(epsilon)).squareRoot()
            let pull = (0..<width).reduce(0) { $0 + gain[$1] * dy[$1] * x[$1] } * r * r * r / Double(width)
            for i in 0..<width {
                expectedY.append(x[i] * r * gain[i])
                expectedDX.append(Double(start[row * width + i]) + r * gain[i] * dy[i] - pull * x[i])
                expectedDGain[i] += dy[i] * x[i] * r
            }
        }
        #expect(relativeDistance(y, expectedY) < 1e-6)
        #expect(relativeDistance(dx, expectedDX) < 1e-6)
        #expect(relativeDistance(dGain, expectedDGain) < 1e-6)
    }

    @Test(arguments: [2, 8, 24, 64])
    func rotationTurnsPairsAndItsInverseTurnsThemBack(_ headWidth: Int) {
        var values = Values(3)
        let (heads, half) = (3, headWidth / 2)
        let angles = values.many(half, scale: 3)
        let (cosine, sine) = (angles.map { cos($0) }, angles.map { sin($0) })
        let start = values.many(heads * headWidth)
        var turned = start
        rotate(&turned, count: heads, headWidth: headWidth, cosine: cosine, sine: sine)
        var expected = start.doubles
        for head in 0..<heads {
            for i in 0..<half {
                let (low, high) = (head * headWidth + i, head * headWidth + half + i)
                let (c, s) = (Double(cosine[i]), Double(sine[i]))
                expected[low] = Double(start[low]) * c - Double(start[high]) * s
                expected[high] = Double(start[high]) * c + Double(start[low]) * s
            }
        }
        #expect(relativeDistance(turned, expected) < 1e-6)
        rotate(&turned, count: heads, headWidth: headWidth, cosine: cosine, sine: sine, inverse: true)
        #expect(relativeDistance(turned, start.doubles) < 1e-6)
    }

    @Test func rowsAreGatheredAndScatteredByID() {
        var values = Values(4)
        let (width, ids) = (19, [Int32]([2, 0, 2, 1]))
        let table = values.many(3 * width)
        var rows = [Float](repeating: 0, count: 4 * width)
        gatherRows(table, ids: ids, into: &rows, range: 0..<4, width: width)
        for (row, id) in ids.enumerated() {
            #expect(rows[row * width..<(row + 1) * width] == table[Int(id) * width..<(Int(id) + 1) * width])
        }
        var sums = [Float](repeating: 1, count: 3 * width)
        scatterRows(rows, ids: ids, addingTo: &sums, count: 4, columns: 0..<17, width: width)
        scatterRows(rows, ids: ids, addingTo: &sums, count: 4, columns: 17..<width, width: width)
        for i in 0..<width {
            #expect(sums[i] == 1 + table[i] && sums[width + i] == 1 + table[width + i])
            #expect(sums[2 * width + i] == 1 + table[2 * width + i] + table[2 * width + i])
        }
    }
}
