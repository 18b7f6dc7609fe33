import Foundation
import PladMock
import PladRecords
import Testing

struct MockScriptTests {
    private func script(_ yaml: String) throws -> MockScript {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("plad-mock-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(yaml.utf8).write(to: file)
        return try MockScript(contentsOf: file)
    }

    @Test func fieldsAreRead() throws {
        let read = try script(
            """
            model: m
            answer: "{prompt}!"
            seed: 3
            faulty: 0.5
            faults:
              - { name: throttled, status: 429, headers: { Retry-After: "1" }, weight: 2 }
              - { cut-after-bytes: 20, reset: true }
            sequence:
              - { text: "", finish-reason: length, bytes-per-second: 10 }
            """)
        #expect(read.model == "m" && read.answer == "{prompt}!" && read.seed == 3 && read.faulty == 0.5)
        #expect(read.faults.map(\.name) == ["throttled", nil])
        #expect(read.faults[0].status == 429 && read.faults[0].headers == ["Retry-After": "1"] && read.faults[0].weight == 2)
        #expect(read.faults[1].cutAfterBytes == 20 && read.faults[1].reset && read.faults[1].status == 200)
        #expect(read.sequence[0].text == "" && read.sequence[0].finishReason == "length" && read.sequence[0].bytesPerSecond == 10)
    }

    @Test(arguments: [
        ("fault: 1", "\"fault\" is not a field here; these are: model"),
        ("faults: [{ cut-after: 3 }]", "\"cut-after\" is not a field"),
        ("faulty: 2", "\"faulty\" is 2.0"),
        ("faulty: 0.1", "no \"faults\""),
        ("faults: [{ status: 20 }]", "\"status\" is 20"),
        ("faults: [{ cut-after-bytes: -1 }]", "\"cut-after-bytes\" is -1"),
        ("seed: [", "plad-mock-"),
    ])
    func mistakeIsNamed(yaml: String, says: String) {
        #expect { try script(yaml) } throws: { error in
            let failure = error as? any Failure
            return failure?.exitStatus == .badData && failure!.message.contains(says) && failure!.message.contains(".yaml")
        }
    }

    @Test func faultsDependOnRequestAndAttemptAlone() throws {
        let script = try script("faulty: 0.3\nfaults: [{ name: a, weight: 3 }, { name: b }]")
        let requests = (0..<4000).map { Digest(of: String($0)) }
        let faults = requests.compactMap { script.reply(toAttempt: 1, at: $0)?.name }
        #expect(requests.reversed().compactMap { script.reply(toAttempt: 1, at: $0)?.name } == faults.reversed())
        #expect(requests.compactMap { script.reply(toAttempt: 2, at: $0)?.name } != faults)
        // Four standard deviations of 4,000 draws: 0.029 of the share, and of the ratio.
        #expect(abs(Double(faults.count) / 4000 - 0.3) < 0.029)
        #expect(abs(Double(faults.count { $0 == "a" }) / Double(faults.count) - 0.75) < 0.05)
    }
}
