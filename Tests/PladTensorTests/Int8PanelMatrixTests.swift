import PladTensor
import Testing

/// Eight bits a weight; the inputs are one whole block of 32 and five of another.
@Suite struct Int8PanelMatrixTests {
    private let inputs = 37
    private let outputs = 75

    private func panels(_ weights: inout [Float]) -> PanelMatrix {
        weights.withMatrix(inputs) { PanelMatrix($0, outputs: outputs, inputs: inputs, rounding: true, workers: Workers(threads: 2)) }
    }

    private func multiply(_ panels: PanelMatrix, _ x: [Float], rows: Int, into y: inout [Float], accumulating: Bool = false) {
        var x = x
        x.withMatrix(inputs) { x in
            y.withMatrix(outputs) { y in
                panels.multiply(x, rows: rows, into: y, panels: 0..<panels.panels, accumulating: accumulating)
            }
        }
    }

    /// Rows of `inputs` as blocks hold them: multiples of their greatest over `levels`, nearest, ties to even.
    private func rounded(_ rows: [Float], levels: Float) -> [Double] {
        rows.indices.map { at in
            let (row, block) = (at / inputs, at % inputs / 32)
            let range = row * inputs + block * 32..<row * inputs + min(inputs, block * 32 + 32)
            let greatest = rows[range].map(abs).max() ?? 0
            guard greatest >= 1e-30 else { return 0 }
            let whole = (rows[at] * (levels / greatest)).rounded(.toNearestOrEven)
            return Double(whole) * Double(greatest / levels)
        }
    }

    /// [outputs, inputs]: what the panels hold, read with rows of which one input is 1, which is a block's greatest.
    private func weights(of panels: PanelMatrix) -> [Float] {
        let units = (0..<inputs * inputs).map { Float($0 / inputs == $0 % inputs ? 1 : 0) }
        var columns = [Float](repeating: 0, count: inputs * outputs)
        multiply(panels, units, rows: inputs, into: &columns)
        return (0..<outputs * inputs).map { columns[$0 % inputs * outputs + $0 / inputs] }
    }

    @Test func weightsAreTheNearestOf255StepsOfTheirBlock() {
        var values = Values(8)
        // Rows of very different size, one of them all zeros.
        var w = (0..<outputs).flatMap { row in values.many(inputs, scale: row == 3 ? 0 : 1 / Float(row + 1)) }
        let held = weights(of: panels(&w))
        for row in 0..<outputs {
            for range in [row * inputs..<row * inputs + 32, row * inputs + 32..<(row + 1) * inputs] {
                let step = (w[range].map(abs).max() ?? 0) / 127
                for (held, weight) in zip(held[range], w[range]) {
                    #expect(abs(held - weight) <= step * 0.500_01)
                    #expect(step == 0 ? held == 0 : abs((held / step).rounded() * step - held) <= step * 1e-4)
                }
            }
        }
    }

    @Test(arguments: [1, 2, 4, 7, 8, 12, 16, 29])
    func productsEqualTheirDefinitionForAnyRows(_ rows: Int) {
        var values = Values(9)
        var w = values.many(outputs * inputs)
        let x = values.many(rows * inputs)
        let panels = panels(&w)
        let expected = product(
            rounded(x, levels: 32767), transposed(rounded(w, levels: 127), rows: outputs, columns: inputs), m: rows, n: outputs, k: inputs)
        var y = [Float](repeating: 7, count: rows * outputs)
        multiply(panels, x, rows: rows, into: &y)
        #expect(relativeDistance(y, expected) < 1e-6)
        var single = y
        for row in 0..<rows {
            var one = [Float](repeating: 0, count: outputs)
            multiply(panels, Array(x[row * inputs..<(row + 1) * inputs]), rows: 1, into: &one)
            single.replaceSubrange(row * outputs..<(row + 1) * outputs, with: one)
        }
        #expect(single == y, "a row's result does not depend on the rows beside it")
        multiply(panels, x, rows: rows, into: &y, accumulating: true)
        #expect(relativeDistance(y, expected.map { 2 * $0 }) < 1e-6)
    }

    /// The greatest whole numbers on both sides: what a path's narrow sums must not lose.
    @Test func theGreatestSumsFit() {
        var w = (0..<outputs * inputs).map { Float($0 % 2 == 0 ? 1 : -1) }
        let panels = panels(&w)
        for x in [[Float](repeating: -1, count: inputs), Array(w[..<inputs]), w[..<inputs].map { -$0 }] {
            var y = [Float](repeating: 0, count: outputs)
            multiply(panels, x, rows: 1, into: &y)
            let expected = product(x.doubles, transposed(w.doubles, rows: outputs, columns: inputs), m: 1, n: outputs, k: inputs)
            #expect(relativeDistance(y, expected) < 1e-6)
        }
    }

    @Test func rowsBeyondUseStayBeyondUse() {
        var w = [Float](repeating: 0.5, count: outputs * inputs)
        for damage in [Float.infinity, .nan] {
            var x = [Float](repeating: 1, count: 2 * inputs)
            x[inputs + 33] = damage
            var y = [Float](repeating: 0, count: 2 * outputs)
            multiply(panels(&w), x, rows: 2, into: &y)
            #expect(y[..<outputs].allSatisfy(\.isFinite) && y[outputs...].allSatisfy { !$0.isFinite })
        }
    }

    @Test func weightsBeyondUseStayBeyondUse() {
        for damage in [Float.infinity, .nan] {
            var w = [Float](repeating: 0.5, count: outputs * inputs)
            w[2 * inputs + 5] = damage
            var y = [Float](repeating: 0, count: outputs)
            multiply(panels(&w), [Float](repeating: 1, count: inputs), rows: 1, into: &y)
            #expect(!y[2].isFinite)
            #expect(y[1].isFinite)
        }
    }
}

@Suite struct Int8ScaleTests {
    @Test func weightsTooSmallForAScaleCountAsZero() {
        var weight: [Float] = [1e-38, -Float.leastNonzeroMagnitude, 0, 1e-37]
        var x: [Float] = [1, 2, 3, 4]
        var y: [Float] = [.nan]
        let workers = Workers(threads: 1)
        weight.withUnsafeMutableBufferPointer { weight in
            x.withUnsafeMutableBufferPointer { x in
                y.withUnsafeMutableBufferPointer { y in
                    let matrix = PanelMatrix(
                        Matrix(weight.baseAddress!, stride: 4), outputs: 1, inputs: 4, rounding: true, workers: workers)
                    matrix.multiply(
                        Matrix(x.baseAddress!, stride: 4), rows: 1, into: Matrix(y.baseAddress!, stride: 1), panels: 0..<matrix.panels,
                        accumulating: false)
                }
            }
        }
        #expect(y == [0])
    }
}
