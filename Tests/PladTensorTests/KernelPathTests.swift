import CKernels
import PladTensor
import Testing

/// What one processor's kernels compute beside another's. Every path that this processor runs is looked at, whichever is in use.
@Suite struct KernelPathTests {
    private let tables = KernelPath.available.map { kernels_named($0.rawValue)!.pointee }

    @Test func theBestPathIsInUseUnlessOneIsForced() {
        let names = KernelPath.available.map(\.rawValue)
        #expect(names.first == "generic")
        #expect(names.contains(KernelPath.current))
        #expect(String(cString: kernels_best().pointee.name) == names.last)
        #expect(kernels_named("avx1024") == nil)
    }

    /// Every kernel's results, one after the other, from the same values. Counts leave remainders on every path.
    private func results(_ k: kernel_table) -> [String: [Float]] {
        var values = Values(21)
        let (m, n, inner) = (29, 75, 61)
        let (a, b) = (values.many(m * inner), values.many(n * inner))
        var results: [String: [Float]] = [:]
        func memory(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
        var (scratch, c) = (memory(k.product_scratch), values.many(m * n))
        k.product(a, inner, 1, b, 1, inner, &c, n, m, n, inner, true, &scratch)
        results["product"] = c
        c = memory(m * 48)
        k.small_product(a, inner, 1, values.many(inner * 48), 48, &c, 48, m, 48, inner, false)
        results["small_product"] = c
        let halves = b.map { Float(bitPattern: $0.bitPattern & 0xffff_0000) }
        for (name, panel, w) in [("float32", k.float32, b), ("bfloat16", k.bfloat16, halves), ("int8", k.int8, b)] {
            let bytes = panel.bytes(inner)
            var (held, own) = (memory((n + 31) * (bytes / panel.width + 4) / 4), memory(panel.scratch(m, inner) / 4 + 1))
            let count = (n + panel.width - 1) / panel.width
            held.withUnsafeMutableBytes { for i in 0..<count { panel.pack(w, inner, n, inner, i, $0.baseAddress! + i * bytes) } }
            for rows in [1, m] {
                c = memory(rows * n)
                panel.multiply(a, inner, rows, held, n, inner, 0, count, &c, n, false, &own)
                results["\(name), \(rows) rows"] = c
            }
        }
        let count = 1061
        let (x, y) = (values.many(count, scale: 9), values.many(count))
        func output(_ name: String, _ start: [Float], _ body: (UnsafeMutablePointer<Float>) -> Void) {
            var target = start
            target.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
            results[name] = target
        }
        output("exponential", x) { k.exponential(x, 0.5, 1.5, $0, count) }
        output("logarithm", x) { k.logarithm(x.map { abs($0) + 0.01 }, y, $0, count) }
        output("scale", x) { k.scale(x, 1.1, $0, count) }
        output("add", x) { k.add(y, $0, count) }
        output("add_parts", x) { k.add_parts(y, 7, 3, $0, count - 14) }
        output("rotate", x) { k.rotate($0, 3, 76, y, y.map { $0 * 0.7 }, -1) }
        results["dot"] = [k.dot(x, y, count), Float(k.sum_of_squares(x, count))]
        for f in [ACTIVATION_SILU, ACTIVATION_GELU_TANH, ACTIVATION_RELU] {
            output("activate \(f.rawValue)", x) { k.activate(f, x, $0, count) }
            output("gated \(f.rawValue)", x) { k.gated(f, x, $0, 2, 265) }
            output("activate_backward \(f.rawValue)", x + y) { k.activate_backward(f, $0, $0 + count, count) }
            output("gated_backward \(f.rawValue)", x + y) { k.gated_backward(f, $0, $0 + count, 2, 265) }
        }
        output("soft_cap", values.many(2200)) { k.soft_cap($0, 0.7, $0 + 1100, 1060) }
        output("multiply", values.many(1100)) { k.multiply(x, $0, 1060) }
        output("rms_norm", memory(1100)) { k.rms_norm(x, y, 0.25, 1e-5, $0, $0 + 1060, 4, 265) }
        output("layer_norm", memory(1100)) { k.layer_norm(x, y, y, 1e-5, $0, $0 + 1060, 4, 265) }
        let inverse: [Float] = [0.2, 0.3, 0.1, 0.25]
        output("rms_norm_backward", values.many(3000)) { k.rms_norm_backward(x, y, x, 0.25, inverse, $0, $0 + 1100, $0 + 1500, 4, 265) }
        output("layer_norm_backward", values.many(3000)) {
            k.layer_norm_backward(x, y, x, y, inverse, $0, $0 + 1100, $0 + 1400, $0 + 1700, 4, 265)
        }
        let constants = kernel_adamw(
            keep: 0.99, step_size: 0.1, root_scale: 1.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, gradient_scale: 0.5)
        output("adamw", x + y + y + y.map(abs)) { start in
            withUnsafePointer(to: constants) { k.adamw(start, start + count, start + 2 * count, start + 3 * count, count, $0, true) }
        }
        output("softmax_numerators", x) { start in
            var (totals, shift) = (memory(6), Float(0))
            #expect(k.softmax_numerators(start, 80, 6, 2, 39, 48, &totals, &shift))
            for i in 0..<6 { start[1000 + i] = totals[i] }
            start[1010] = shift
        }
        output("softmax_backward", x + y) { k.softmax_backward($0, $0 + count, 80, 6, 2, 39, 48, [9, 9, 8, 9, 10, 11], y) }
        output("softmax_row", x) { $0[1000] = k.softmax_row($0, 39, 48, $0 + 1001) }
        output("accumulate_log_sum_exp", [-1, 2, -.infinity, 0, 1, 0]) { k.accumulate_log_sum_exp(x, 333, 3, 301, $0, $0 + 3) }
        output("softmax_gradient", x) { k.softmax_gradient($0, 333, 3, 301, [9, 10, 11], [0.5, 1, 0]) }
        return results
    }

    /// AVX2 and AVX-512 round the same sums in the same order.
    @Test func pathsWithFusedProductsAgreeToTheBit() {
        let fused = tables.dropFirst().map(results)
        guard let first = fused.first else { return }
        for other in fused.dropFirst() {
            for (name, values) in first {
                #expect(values.map(\.bitPattern) == other[name]?.map(\.bitPattern), "\(name)")
            }
        }
    }

    /// What rounds twice where the others round once.
    @Test func allPathsAgreeWithinRounding() {
        let all = tables.map(results)
        for other in all.dropFirst() {
            for (name, values) in all[0] { #expect(relativeDistance(other[name] ?? [], values.doubles) < 2e-6, "\(name)") }
        }
    }
}
