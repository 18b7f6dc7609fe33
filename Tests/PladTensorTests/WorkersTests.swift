import PladTensor
import Synchronization
import Testing

@Suite struct WorkersTests {
    @Test(arguments: [1, 2, 5])
    func everyPartIsDoneOnceInEachOfManyRounds(_ threads: Int) {
        let workers = Workers(threads: threads)
        for round in 0..<300 {
            let parts = round % 40
            let done = (0..<parts).map { _ in Counter() }
            workers.run(parts) { part, worker in
                done[part].value.add(1, ordering: .relaxed)
                if worker < 0 || worker >= threads { done[part].value.add(100, ordering: .relaxed) }
            }
            #expect(done.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
        }
    }

    @Test func splitCoversTheWholeInGrains() {
        let workers = Workers(threads: 3)
        for count in [0, 1, 15, 16, 100, 1001] {
            let seen = (0..<count).map { _ in Counter() }
            workers.split(count, grain: 16) { range, _ in
                if range.lowerBound % 16 == 0 && !range.isEmpty {
                    for index in range { seen[index].value.add(1, ordering: .relaxed) }
                }
            }
            #expect(seen.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
        }
    }

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }
}
