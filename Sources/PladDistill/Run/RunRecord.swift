import PladRecords

/// The content of `run.json`, from which a run can be continued and repeated. It never holds a secret.
struct RunRecord: Encodable {
    /// Version of plad that started the run.
    var plad: String
    /// Every resolved setting.
    var settings: DistillSettings
    var task: TaskDefinition
    /// SHA-256 of the inputs: `prompts`, `student`.
    var inputs: [String: String]
    /// Random name of the run in the cache, the same in all its processes; nil for older runs.
    var id: String?
    /// True if plad 0.1.0 wrote it, with flat settings.
    var isFlat = false

    private enum CodingKeys: String, CodingKey { case plad, settings, task, inputs, id }
}

extension RunRecord: Decodable {
    /// Reads the record of this version or of an older one.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        plad = try container.decode(String.self, forKey: .plad)
        let settings = try container.decode(JSONValue.self, forKey: .settings)
        isFlat = FlatSettings.isFlat(settings)
        self.settings = try isFlat ? FlatSettings.settings(settings) : DistillSettings(reading: settings)
        task = try container.decode(TaskDefinition.self, forKey: .task)
        inputs = try container.decode([String: String].self, forKey: .inputs)
        id = try container.decodeIfPresent(String.self, forKey: .id)
    }
}

/// A line of a run's `prompts.jsonl`.
struct RunPrompt: Codable {
    var split: Split
    var prompt: Prompt

    private enum Key: String, CodingKey { case split }

    init(split: Split, prompt: Prompt) {
        self.split = split
        self.prompt = prompt
    }

    init(from decoder: any Decoder) throws {
        split = try decoder.container(keyedBy: Key.self).decode(Split.self, forKey: .split)
        prompt = try Prompt(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try prompt.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(split, forKey: .split)
    }
}
