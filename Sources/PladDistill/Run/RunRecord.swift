import PladRecords

/// `run.json`: what a run is made of, so that it can be carried on and repeated. It never holds a secret.
struct RunRecord: Encodable {
    /// The version of plad that began the run.
    var plad: String
    /// Every resolved setting.
    var settings: DistillSettings
    var task: TaskDefinition
    /// SHA-256 of what was read: `prompts`, `student`.
    var inputs: [String: String]
    /// The run's name in the cache, drawn when it was begun, by which its starts are told from others; nil for older runs.
    var id: String?
    /// True if plad 0.1.0 wrote it, whose settings were flat.
    var isFlat = false

    private enum CodingKeys: String, CodingKey { case plad, settings, task, inputs, id }
}

extension RunRecord: Decodable {
    /// Reads what this plad or an older one wrote.
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
