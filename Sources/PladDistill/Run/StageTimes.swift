import Foundation
import PladRecords
import PladReport

/// The duration of a stage in one process, a line of `times.jsonl`. This record always differs between equal runs.
private struct StageTime: Codable {
    var stage: String
    var seconds: Double
}

extension Run {
    private var times: URL { folder.url.appendingPathComponent("times.jsonl") }

    /// Runs a stage and records its duration, unless it had nothing to do.
    package func timed<Result>(_ stage: String, _ body: () async throws -> Result) async throws -> Result {
        let start = ContinuousClock.now
        let result = try await body()
        let elapsed = start.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        if seconds > 0.01 {
            let earlier = Files.exists(times) ? try JSONLines.read(StageTime.self, from: times) : []
            try JSONLines.write(earlier + [StageTime(stage: stage, seconds: seconds)], to: times)
        }
        return result
    }

    /// Seconds by stage, summed over processes, in the order of the stages' first lines.
    func stageTimes() throws -> [ReportInput.StageTime] {
        guard Files.exists(times) else { return [] }
        var order: [String] = []
        let sums = try JSONLines.read(StageTime.self, from: times).reduce(into: [String: Double]()) { sums, time in
            if sums[time.stage] == nil { order.append(time.stage) }
            sums[time.stage, default: 0] += time.seconds
        }
        return order.map { ReportInput.StageTime($0, seconds: sums[$0] ?? 0) }
    }
}
