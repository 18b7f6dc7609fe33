import PladEvaluation
import Testing

@Suite struct SeedSpreadTests {
    @Test func intervalIsStudentsT() {
        // R: t.test(c(0.1, 0.3, 0.2, 0.4, 0.5))$conf.int
        let spread = SeedSpread([0.1, 0.3, 0.2, 0.4, 0.5])
        #expect(abs(spread.mean - 0.3) < 1e-12)
        #expect(abs((spread.deviation ?? 0) - 0.15811388) < 1e-8)
        #expect(abs((spread.low ?? 0) - 0.1036757) < 1e-5)
        #expect(abs((spread.high ?? 0) - 0.4963243) < 1e-5)
    }

    @Test func aSingleRunHasNoInterval() {
        let spread = SeedSpread([0.7])
        #expect(spread.mean == 0.7 && spread.deviation == nil && spread.low == nil && spread.halfWidth == nil)
    }
}
