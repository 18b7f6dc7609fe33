import PladTensor
import Testing

@Suite struct LayerNormTests {
    @Test(arguments: [1, 16, 44, 100])
    func layerNormAndItsBackwardEqualTheirDefinition(_ width: Int) {
        var values = Values(4)
        let (rows, epsilon) = (3, 1e-5)
        // A mean far from 0 is where a careless variance loses its digits.
        let x = values.many(rows * width).map { $0 + 50 }
        let (gain, bias, dy) = (values.many(width), values.many(width), values.many(rows * width))
        func norm(_ x: [Double]) -> [Double] {
            (0..<rows).flatMap { row -> [Double] in
                let x = Array(x[row * width..<(row + 1) * width])
                let mean = x.reduce(0, +) / Double(width)
                let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                return x.indices.map { (x[$0] - mean) / (variance + epsilon).squareRoot() * Double(gain[$0]) + Double(bias[$0]) }
            }
        }
        var (y, again, dx) = ([Float](repeating: .nan, count: x.count), [Float](repeating: .nan, count: x.count), values.many(x.count))
        var (dGain, dBias) = (values.many(width), values.many(width))
        let (dx0, dGain0, dBias0) = (dx, dGain, dBias)
        var inverseRMS = [Float](repeating: .nan, count: rows)
        layerNorm(x, gain: gain, bias: bias, epsilon: Float(epsilon), into: &y, inverseRMS: &inverseRMS, rows: rows, width: width)
        layerNormBackward(
            dy, x: x, gain: gain, bias: bias, inverseRMS: inverseRMS, addingTo: &dx, addingTo: &dGain, addingTo: &dBias, into: &again,
            rows: rows,
            width: width)
        // 50 has an ulp of 4e-6, which the rows' spread of about 0.6 magnifies.
        #expect(relativeDistance(y, norm(x.doubles)) < 2e-5)
        #expect(relativeDistance(again, norm(x.doubles)) < 2e-5)

        func loss(_ x: [Double]) -> Double { zip(norm(x), dy).reduce(0) { $0 + $1.0 * Double($1.1) } }
        for index in stride(from: 0, to: x.count, by: max(1, x.count / 7)) {
            var (up, down) = (x.doubles, x.doubles)
            up[index] += 1e-5
            down[index] -= 1e-5
            let slope = width == 1 ? 0 : (loss(up) - loss(down)) / 2e-5
            #expect(abs(Double(dx[index] - dx0[index]) - slope) < 1e-3)
        }
        let plain = zip(norm(x.doubles).indices, norm(x.doubles)).map { ($1 - Double(bias[$0 % width])) / Double(gain[$0 % width]) }
        for i in 0..<width {
            let rowsOf = stride(from: i, to: x.count, by: width)
            #expect(abs(Double(dGain[i] - dGain0[i]) - rowsOf.reduce(0) { $0 + Double(dy[$1]) * plain[$1] }) < 1e-3)
            #expect(abs(Double(dBias[i] - dBias0[i]) - rowsOf.reduce(0) { $0 + Double(dy[$1]) }) < 1e-5)
        }
    }

    @Test func biasesAreAddedAndTheirGradientsSummed() {
        var values = Values(5)
        let (rows, width, stride) = (5, 21, 30)
        var (y, bias) = (values.many(rows * stride), values.many(width))
        let before = y
        y.withUnsafeMutableBufferPointer {
            addBias(bias, to: Matrix($0.baseAddress!, stride: stride), rows: rows, width: width)
            biasGradient(Matrix($0.baseAddress!, stride: stride), addingTo: &bias, rows: rows, width: width)
        }
        var old = values.many(0) + bias
        for i in 0..<width { old[i] -= (0..<rows).reduce(0) { $0 + y[$1 * stride + i] } }
        for row in 0..<rows {
            for i in 0..<stride {
                let expected = before[row * stride + i] + (i < width ? old[i] : 0)
                #expect(abs(y[row * stride + i] - expected) < 1e-5)
            }
        }
    }
}
