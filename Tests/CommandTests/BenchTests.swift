import Foundation
import Testing

@Suite struct BenchTests {
    @Test(arguments: [
        (["train", "--pairs", "2", "--response", "6", "--steps", "2", "--vary"], ["forward", "backward", "optimiser"]),
        (["sample", "--batch", "2", "--samples", "2", "--new", "5"], ["prefill", "decode"]),
        (["score", "--batch", "2", "--response", "6", "--steps", "2"], ["forward"]),
    ])
    func aLineOfJSONTellsRateMemoryAndWhereTheTimeWent(_ arguments: [String], _ parts: [String]) throws {
        let common = ["--shape", "tiny", "--prompt", "12", "--threads", "2", "--json"]
        let result = try PladProcess.run(["bench"] + arguments + common)
        #expect(result.status == 0, "\(result.errors)")
        let line = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(line["command"] as? String == arguments[0])
        #expect(line["shape"] as? String == "tiny")
        #expect(line["threads"] as? Int == 2)
        for key in [
            "tokens_per_second", "seconds_per_step", "peak_bytes", "gflops", "sgemm_gflops", "sgemm_gflops_plad", "sgemm_gflops_openblas",
        ] {
            #expect((line[key] as? Double ?? 0) > 0, "\(key): \(result.output)")
        }
        let seconds = try #require(line["seconds"] as? [String: Double])
        #expect(seconds.keys.sorted() == parts.sorted())
        #expect(seconds.values.allSatisfy { $0 > 0 }, "\(seconds)")
    }

    /// Of the tiny shape, without norms: layers of 64·(64 + 2·32 + 64) + 3·64·176 weights, 2 of them, and a head of 512·64.
    @Test(arguments: [
        (["--weights", "float32"], 4 * (2 * 46_080 + 32_768)),
        (["--dtype", "bf16"], 2 * (2 * 46_080 + 32_768)),
        // A scale of four bytes for every 32 weights.
        (["--weights", "int8"], (2 * 46_080 + 32_768) * 36 / 32),
    ])
    func aSingleSampleTellsHowFastWeightsAreRead(_ arguments: [String], _ bytes: Int) throws {
        let common = ["bench", "sample", "--shape", "tiny", "--batch", "1", "--new", "4", "--threads", "2", "--json"]
        let result = try PladProcess.run(common + arguments)
        let line = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let weights = try #require(line["weights"] as? [String: Double], "\(line)")
        #expect(weights["bytes_per_step"] == Double(bytes))
        let best = try #require(weights["best_gigabytes_per_second"])
        #expect(best > 0 && abs(weights["share"]! - weights["gigabytes_per_second"]! / best) < 1e-9)
    }

    @Test func memoryIsReadAtSomeRate() throws {
        let result = try PladProcess.run("bench", "memory", "--size", "7", "--passes", "1", "--threads", "2", "--json")
        let line = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(line["bytes"] as? Int == 8 << 20 && (line["gigabytes_per_second"] as? Double ?? 0) > 0.1, "\(line)")
    }

    @Test(arguments: ["f32", "bf16"])
    func loadingTellsWhatItTookBesideTheFile(_ type: String) throws {
        let result = try PladProcess.run("bench", "load", "--shape", "tiny", "--dtype", type, "--steps", "2", "--json")
        #expect(result.status == 0, "\(result.errors)")
        let line = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(line["dtype"] as? String == type && (line["seconds_per_step"] as? Double ?? 0) > 0)
        #expect(line["file_bytes"] as? Int ?? 0 > (type == "f32" ? 500_000 : 250_000) && line["memory_bytes"] is Int, "\(line)")
    }

    @Test func kernelsThatDoNotExistAreRefusedByName() throws {
        let result = try PladProcess.run(["bench", "score", "--shape", "tiny"], environment: ["PLAD_KERNELS": "sse9"])
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("plad: PLAD_KERNELS=sse9 is not a kernel path; here it may be generic"), "\(result.errors)")
    }

    @Test func anUnknownShapeIsAUsageErrorThatListsThoseThereAre() throws {
        let result = try PladProcess.run("bench", "train", "--shape", "smollm")
        #expect(result.status == 64)
        #expect(result.errors.contains("smollm-135m, smollm-360m, tiny"), "\(result.errors)")
    }
}
