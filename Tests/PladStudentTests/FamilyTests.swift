import Foundation
import PladRecords
import PladStudent
import Testing

/// What the families say in config.json: read as transformers 5.24 reads it, or refused with the setting's name.
@Suite struct FamilyTests {
    private func members(of name: String) throws -> [String: JSONValue] {
        try JSONValue(parsing: Data(contentsOf: Golden.folder(name).appendingPathComponent("config.json"))).object!
    }

    /// The configuration of a golden student with other members; nil removes one.
    private func configuration(_ name: String, _ members: [String: JSONValue?]) throws -> StudentConfiguration {
        var all = try self.members(of: name)
        for (key, value) in members { all[key] = value }
        return try StudentConfiguration(parsing: Data(JSONValue.object(all).canonical.utf8), path: "config.json")
    }

    /// Tests/Fixtures/rotary/make.py
    @Test func scaledFrequenciesEqualTheReferences() throws {
        let file = Golden.fixtures.appendingPathComponent("rotary/frequencies.json")
        let cases = try #require(JSONValue(parsing: Data(contentsOf: file)).array)
        #expect(cases.count == 10)
        for test in cases {
            let name = try #require(test["name"]?.string)
            let configuration = try StudentConfiguration(parsing: Data(test["config"]!.canonical.utf8), path: "config.json")
            guard case .rotary(let rotary) = configuration.positions else {
                Issue.record("\(name) has no rotary positions")
                continue
            }
            let expected = try #require(test["frequencies"]?.array).map { $0.double! }
            for (pair, frequency) in expected.enumerated() {
                let found = rotary.frequency(pair: pair, headWidth: configuration.headWidth)
                #expect(abs(found - frequency) <= 1e-6 * frequency, "\(name): pair \(pair): \(found), reference \(frequency)")
            }
            #expect(abs(Double(rotary.attentionFactor) - test["attention_factor"]!.double!) < 1e-6, "\(name)")
        }
    }

    @Test func gemmasOlderConfigurationMeansTheSame() throws {
        let older = try configuration(
            "gemma3",
            [
                "rope_parameters": nil, "layer_types": nil, "rope_theta": 1_000_000, "rope_local_base_freq": 10_000,
                "rope_scaling": ["rope_type": "linear", "factor": 8], "sliding_window_pattern": 3,
            ])
        #expect(try older == configuration("gemma3", [:]))
        // By default the bases are these, and each sixth layer has no window.
        let plain = try configuration("gemma3", ["rope_parameters": nil, "layer_types": nil, "num_hidden_layers": 7])
        let local = RotaryConfiguration(theta: 10_000, scaling: .none)
        #expect(plain.windows == [6, 6, 6, 6, 6, nil, 6])
        #expect(plain.layerRotary == plain.windows.map { $0 == nil ? RotaryConfiguration(theta: 1_000_000, scaling: .none) : local })
    }

    @Test func missingKeysMeanTheFamilysDefaults() throws {
        let gemma = try configuration("gemma2", ["attn_logit_softcapping": nil, "final_logit_softcapping": .null, "layer_types": nil])
        #expect(gemma.scoreCap == 50 && gemma.logitCap == nil && gemma.windows == [6, nil, 6])
        let smol = try configuration(
            "smollm3", ["no_rope_layers": nil, "num_hidden_layers": 4, "rope_parameters": nil, "layer_types": nil])
        let rotary = RotaryConfiguration(theta: 2_000_000, scaling: .none)
        #expect(smol.layerRotary == [rotary, rotary, rotary, nil] && smol.windows.isEmpty)
        let window = try configuration("smollm3", ["layer_types": nil, "use_sliding_window": true, "sliding_window": 9])
        #expect(window.windows == [nil, nil, 9])
        let granite = try configuration(
            "granite", ["embedding_multiplier": nil, "residual_multiplier": nil, "logits_scaling": nil, "attention_multiplier": nil])
        #expect(granite.embeddingScale == 1 && granite.residualScale == 1 && granite.headScale == 1 && granite.attentionScale == 1)
        #expect(try configuration("olmo2", ["rms_norm_eps": nil]).normEpsilon == 1e-5)
    }

    @Test func aLongRopeModelsContextIsTheOriginalOne() throws {
        #expect(try configuration("phi3", [:]).contextLength == 128)
        #expect(try configuration("phi3", ["original_max_position_embeddings": 64]).contextLength == 64)
        let plain = try configuration("phi3", ["rope_parameters": ["rope_type": "default", "rope_theta": 10_000], "sliding_window": 7])
        #expect(plain.contextLength == 256 && plain.windows == [7, 7])
        // The first files say su or yarn.
        for name in ["su", "yarn"] {
            var section = try members(of: "phi3")["rope_parameters"]!.object!
            (section["rope_type"], section["type"]) = (nil, .string(name))
            #expect(try configuration("phi3", ["rope_parameters": .object(section)]) == configuration("phi3", [:]))
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var student: String
        var members: [String: JSONValue]
        var message: String
        var testDescription: String { "\(student): \(message)" }
        init(_ student: String, _ members: [String: JSONValue], _ message: String) {
            (self.student, self.members, self.message) = (student, members, message)
        }
    }

    static let refusals = [
        Refusal("gemma3", ["attn_logit_softcapping": 50], "\"attn_logit_softcapping\" (50) is set"),
        Refusal("gemma3", ["use_bidirectional_attention": true], "\"use_bidirectional_attention\" (true) is true"),
        Refusal("gemma3", ["hidden_activation": "gelu"], "\"hidden_activation\" (\"gelu\") is not gelu_pytorch_tanh"),
        Refusal("gemma3", ["layer_types": ["full_attention"]], "\"layer_types\""),
        Refusal("gemma3", ["layer_types": ["full_attention", "full_attention", "full_attention", "mamba"]], "holds \"mamba\""),
        Refusal("gemma3", ["rope_parameters": ["rope_theta": 5]], "\"rope_theta\" (5) is neither full_attention nor sliding_attention"),
        Refusal("gemma3", ["rope_scaling": ["rope_type": "linear", "factor": 2]], "stands beside \"rope_scaling\""),
        Refusal("gemma3", ["query_pre_attn_scalar": 0], "\"query_pre_attn_scalar\" (0) is not a number above 0"),
        Refusal("gemma2", ["final_logit_softcapping": -1], "\"final_logit_softcapping\" (-1) is not a number above 0"),
        Refusal("smollm3", ["no_rope_layers": [1, 2, 0]], "\"no_rope_layers\" ([1,2,0]) is not a list of 0 and 1"),
        Refusal("granite", ["residual_multiplier": "a"], "\"residual_multiplier\" (\"a\") is not a number above 0"),
        Refusal("olmo2", ["partial_rotary_factor": 0.5], "\"partial_rotary_factor\" (0.5) is not 1"),
        Refusal(
            "phi3", ["rope_parameters": ["partial_rotary_factor": 0.1]], "\"partial_rotary_factor\" (0.1) does not leave pairs of the 16"),
        Refusal(
            "phi3", ["rope_parameters": ["rope_type": "longrope", "short_factor": [1, 0, 1, 1, 1, 1, 1, 1]]],
            "is not a list of 8 numbers above 0"),
        Refusal(
            "phi3", ["model_type": "phi4_multimodal"], "is not among the families that plad knows: llama, mistral, qwen2, qwen3, gemma2"),
    ]

    @Test(arguments: refusals)
    func whatWouldMakeAnotherModelIsNamed(_ refusal: Refusal) throws {
        let error = #expect(throws: StudentError.self) { try configuration(refusal.student, refusal.members.mapValues { $0 }) }
        #expect(error?.code == .config && error?.message.contains(refusal.message) == true, "\(error?.message ?? "")")
    }

    /// transformers begins with zeros where the files hold the distance from 1.
    @Test func aNewGemmasNormsChangeNothing() throws {
        let folder = try TemporaryFolder()
        let source = Golden.folder("gemma3")
        try Student.initialise(config: source.appendingPathComponent("config.json"), tokenizer: source, seed: 1, into: folder.file("a"))
        let student = try Student(folder: folder.file("a"), threads: 1)
        for tensor in student.weights.tensors {
            let isZero = student.weights.values(of: tensor).allSatisfy { $0 == 0 }
            #expect(isZero == (tensor.shape.count == 1), "\(tensor.name)")
        }
    }
}
