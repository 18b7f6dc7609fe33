import PladTensor
import Testing

@Suite struct ProductTests {
    /// Shapes of one tile, of whole tiles, and of several blocks with remainders on all sides.
    @Test(arguments: [(1, 1, 1), (7, 12, 9), (24, 64, 96), (133, 401, 59), (780, 600, 270)])
    func linearLayersEqualTheirDefinition(_ rows: Int, _ inputs: Int, _ outputs: Int) {
        var values = Values(5)
        let (x, w, dy) = (values.many(rows * inputs), values.many(outputs * inputs), values.many(rows * outputs))
        var (x_, w_, dy_) = (x, w, dy)
        var (y, dx, dw) = ([Float](repeating: 0, count: rows * outputs), x, w)
        x_.withMatrix(inputs) { x in
            w_.withMatrix(inputs) { w in
                dy_.withMatrix(outputs) { dy in
                    y.withMatrix(outputs) { linear(x, weight: w, into: $0, rows: rows, inputs: inputs, outputs: outputs) }
                    dx.withMatrix(inputs) {
                        linearInputGradient(dy, weight: w, into: $0, rows: rows, inputs: inputs, outputs: outputs, accumulating: true)
                    }
                    dw.withMatrix(inputs) { linearWeightGradient(dy, x, addingTo: $0, rows: rows, inputs: inputs, outputs: outputs) }
                }
            }
        }
        let wAcross = transposed(w.doubles, rows: outputs, columns: inputs)
        #expect(relativeDistance(y, product(x.doubles, wAcross, m: rows, n: outputs, k: inputs)) < rounding(of: inputs))
        let addedX = product(dy.doubles, w.doubles, m: rows, n: inputs, k: outputs)
        #expect(relativeDistance(dx, zip(x.doubles, addedX).map(+)) < rounding(of: outputs))
        let addedW = product(transposed(dy.doubles, rows: rows, columns: outputs), x.doubles, m: outputs, n: inputs, k: rows)
        #expect(relativeDistance(dw, zip(w.doubles, addedW).map(+)) < rounding(of: rows))
    }

    /// Rows are [rows, inputs] of x; depth, rows and columns beyond one block of every path.
    @Test(arguments: [(29, 700, 45), (13, 37, 170), (5, 1300, 33)])
    func aRowIsTheSameAloneInAnyCompanyAndAtAnyOffset(_ rows: Int, _ inputs: Int, _ outputs: Int) {
        var values = Values(7)
        let (x, w, before) = (values.many(rows * inputs), values.many(outputs * inputs), values.many(rows * outputs))
        /// x and w begin `offset` floats into their memory, in rows of `gap` floats more.
        func multiply(_ groups: [Range<Int>], offset: Int = 0, gap: Int = 0) -> [Float] {
            var (movedX, movedW) = (moved(x, inputs, offset, gap), moved(w, inputs, offset, gap))
            var y = before
            movedX.withMatrix(inputs + gap) { x in
                movedW.withMatrix(inputs + gap) { w in
                    y.withMatrix(outputs) { y in
                        for rows in groups {
                            linear(
                                Matrix(x.start + offset, stride: x.stride).from(row: rows.lowerBound),
                                weight: Matrix(w.start + offset, stride: w.stride), into: y.from(row: rows.lowerBound),
                                rows: rows.count, inputs: inputs, outputs: outputs, accumulating: true)
                        }
                    }
                }
            }
            return y
        }
        let whole = multiply([0..<rows])
        #expect(multiply((0..<rows).map { $0..<$0 + 1 }) == whole, "one by one")
        #expect(multiply([0..<2, 2..<rows]) == whole, "in two groups")
        for offset in 1..<8 { #expect(multiply([0..<rows], offset: offset) == whole, "\(offset) floats further") }
        #expect(multiply([0..<rows], offset: 3, gap: 5) == whole, "in longer rows")
    }

    /// The values in rows of `gap` floats more, behind `offset` floats.
    private func moved(_ values: [Float], _ width: Int, _ offset: Int, _ gap: Int) -> [Float] {
        [Float](repeating: .nan, count: offset)
            + stride(from: 0, to: values.count, by: width).flatMap {
                values[$0..<$0 + width] + [Float](repeating: .nan, count: gap)
            }
    }

    @Test(arguments: [1, 2, 5, 8, 12, 27])
    func bfloat16WeightsAreKeptInHalfTheMemoryAndMultiplyTheSame(_ rows: Int) {
        var values = Values(8)
        let (inputs, outputs) = (37, 107)
        var x = values.many(rows * inputs)
        // Zeros of both signs, subnormals and large numbers too.
        var w = values.many(outputs * inputs).map { Float(bitPattern: $0.bitPattern & 0xffff_0000) }
        w.replaceSubrange(0..<4, with: [-0.0, 0, Float(bitPattern: 0x0001_0000), -0x1p100])
        func multiply(_ w: [Float]) -> (format: PanelMatrix.Format, y: [Float]) {
            var (w, y) = (w, [Float](repeating: 0, count: rows * outputs))
            let panels = w.withMatrix(inputs) { PanelMatrix($0, outputs: outputs, inputs: inputs, workers: Workers(threads: 2)) }
            x.withMatrix(inputs) { x in
                y.withMatrix(outputs) { panels.multiply(x, rows: rows, into: $0, panels: 0..<panels.panels, accumulating: false) }
            }
            return (panels.format, y)
        }
        let half = multiply(w)
        #expect(half.format == .bfloat16)
        // One output that is not bfloat16 makes the matrix float32; the others' results stay.
        for last in [0, outputs - 1] {
            var odd = w
            odd[last * inputs + 9] = 0.1
            let whole = multiply(odd)
            #expect(whole.format == .float32)
            for (index, (a, b)) in zip(half.y, whole.y).enumerated() where index % outputs != last { #expect(a.bitPattern == b.bitPattern) }
        }
    }

    @Test(arguments: [(1, 5), (3, 32), (4, 64), (6, 75), (11, 64), (29, 96)])
    func panelProductsEqualTheirDefinitionForAnyRows(_ rows: Int, _ outputs: Int) {
        var values = Values(6)
        let inputs = 21
        var (x, w) = (values.many(rows * inputs), values.many(outputs * inputs))
        let expected = product(
            x.doubles, transposed(w.doubles, rows: outputs, columns: inputs), m: rows, n: outputs, k: inputs)
        let workers = Workers(threads: 2)
        let panels = w.withMatrix(inputs) { PanelMatrix($0, outputs: outputs, inputs: inputs, workers: workers) }
        var y = [Float](repeating: 7, count: rows * outputs)
        func multiply(first: Int, count: Int, into y: inout [Float], accumulating: Bool) {
            x.withMatrix(inputs) { x in
                y.withMatrix(outputs) { y in
                    panels.multiply(
                        x.from(row: first), rows: count, into: y.from(row: first), panels: 0..<panels.panels, accumulating: accumulating)
                }
            }
        }
        multiply(first: 0, count: rows, into: &y, accumulating: false)
        #expect(relativeDistance(y, expected) < 1e-6)
        var single = y
        for row in 0..<rows { multiply(first: row, count: 1, into: &single, accumulating: false) }
        #expect(single == y, "a row's result does not depend on the rows beside it")
        multiply(first: 0, count: rows, into: &y, accumulating: true)
        #expect(relativeDistance(y, expected.map { 2 * $0 }) < 1e-6)
    }
}

/// What a sum of `count` products may differ by: roundings add up like a random walk.
private func rounding(of count: Int) -> Double { 1e-7 * (1 + Double(count).squareRoot()) }

extension [Float] {
    mutating func withMatrix<Result>(_ stride: Int, _ body: (Matrix) -> Result) -> Result {
        withUnsafeMutableBufferPointer { body(Matrix($0.baseAddress!, stride: stride)) }
    }
}
