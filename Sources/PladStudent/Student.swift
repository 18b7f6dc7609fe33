public import Foundation
package import PladRecords
package import PladTensor
package import PladTokenizer

/// The local model and its tokenizer, read from a Hugging Face folder: a decoder, in some families with an encoder. Synchronous, with a
/// single owner.
public final class Student {
    package let configuration: StudentConfiguration
    package let tokenizer: Tokenizer
    /// Ids that end a sequence, from generation_config.json, else config.json, else the tokenizer. The first one is appended to
    /// training completions: the one that ends a turn, by the chat template, else by the tokenizer.
    package let endOfSequence: [TokenID]
    package private(set) var weights: Weights
    package let workers: Workers
    private(set) var model: Model
    /// Working memory of passes without gradients.
    private(set) var passing: Pass
    /// The adapter, which training changes in place of the student's own weights; nil without one.
    package private(set) var adapter: Adapter?
    /// Names of the tensors in the family's files.
    let names: TensorNames
    let folder: URL
    /// Paths of the tokenizer's files and of the others beside the weights.
    let companions: Companions
    private let file: ConfigurationFile

    /// Reads config.json, the safetensors files, the tokenizer and generation_config.json. Throws `StudentError` with the file, the
    /// tensor and the numbers.
    ///
    /// A PEFT adapter's folder is read with the base model that it names, a path relative to that folder, unless `base` is given. A
    /// tokenizer or chat template beside the adapter replaces the base model's.
    /// - Parameter threads: number of processor threads to compute with.
    public convenience init(folder: URL, base: URL? = nil, threads: Int) throws {
        guard let name = try AdapterFolder.base(of: folder) else {
            try self.init(Companions(folder: folder), threads: threads)
            return
        }
        try self.init(Companions(folder: base ?? folder.resolving(name), adapter: folder), threads: threads)
        try attachAdapter(from: folder)
    }

    /// The settings of the adapter in a folder; nil if the folder is a model's own.
    package static func adapter(in folder: URL) throws -> LoRA? {
        AdapterFolder.isOne(folder) ? try AdapterFolder.read(folder).settings : nil
    }

    /// The base model that an adapter's folder names; nil if the folder is a model's own.
    package static func base(ofAdapter folder: URL) throws -> String? { try AdapterFolder.base(of: folder) }

    private init(_ companions: Companions, threads: Int) throws {
        folder = companions.folder
        self.companions = companions
        let file = try ConfigurationFile(contentsOf: folder.appendingPathComponent("config.json"))
        let family = try ModelFamily.named(by: file)
        let described = try family.configuration(file)
        let files = try WeightFiles(folder: folder)
        (configuration, names) = try files.settlingHead(described, family.names(described))
        // What is written must not be tied again by readers that go by config.json alone.
        let isFoundUntied = described.tiedEmbeddings && !configuration.tiedEmbeddings && !configuration.hasEncoder
        self.file = isFoundUntied ? file.with(text: StudentFolder.setting("tie_word_embeddings", to: "false", in: file.text)) : file
        let layout = ModelTensors.layouts(configuration, names: names).model
        try files.check(layout, names: names)
        tokenizer = try Tokenizer(
            TokenizerFiles(place: (companions.ownFile("tokenizer.json") == nil ? folder : companions.adapter!).path, file: companions.file),
            completionsStandAlone: configuration.hasEncoder, tableSize: configuration.vocabularySize)
        guard tokenizer.vocabularySize <= configuration.vocabularySize else {
            throw StudentError(
                .config,
                "\(folder.path): the tokenizer has \(tokenizer.vocabularySize) tokens, \"vocab_size\" in config.json \(configuration.vocabularySize)"
            )
        }
        endOfSequence = try Self.endOfSequence(folder, configuration, tokenizer)
        workers = Workers(threads: threads)
        weights = try files.read(layout, prefix: names.prefix, place: folder.path, workers: workers)
        model = Model(configuration, tensors: ModelTensors(weights, configuration, names: names), workers: workers)
        passing = Pass(model, keeping: false)
    }

    /// Copies mapped weights to memory, so that they can be changed and changes of the files do not reach them.
    ///
    /// Throws `StudentError.memory`, and `.files` if a file was overwritten before.
    package func ownWeights() throws {
        guard weights.areMapped else { return }
        weights = try Weights(copying: weights, place: folder.path, workers: workers)
        attach(adapter)
    }

    /// Replaces the model's adapter, or removes it.
    func attach(_ adapter: Adapter?) {
        self.adapter = adapter
        model = Model(
            configuration, tensors: ModelTensors(weights, configuration, names: names, adapter: adapter), workers: workers)
        passing = Pass(model, keeping: false)
    }

    private static func endOfSequence(_ folder: URL, _ configuration: StudentConfiguration, _ tokenizer: Tokenizer) throws -> [TokenID] {
        let generation = folder.appendingPathComponent("generation_config.json")
        if Files.exists(generation) {
            let ids = try ConfigurationFile(contentsOf: generation).tokens("eos_token_id", vocabularySize: configuration.vocabularySize)
            if !ids.isEmpty { return turnEndFirst(ids, tokenizer) }
        }
        if !configuration.endOfSequence.isEmpty { return turnEndFirst(configuration.endOfSequence, tokenizer) }
        guard let id = tokenizer.endOfSequence else {
            throw StudentError(
                .config,
                "\(folder.path): neither generation_config.json nor config.json (\"eos_token_id\") nor the tokenizer names an end-of-sequence token; add one"
            )
        }
        return [id]
    }

    /// Moves the id that ends a turn to the front: a list names the ends of texts and of turns in any order.
    private static func turnEndFirst(_ ids: [TokenID], _ tokenizer: Tokenizer) -> [TokenID] {
        guard ids.count > 1, let end = tokenizer.turnEnd(among: ids) ?? tokenizer.endOfSequence, ids.contains(end) else { return ids }
        return [end] + ids.filter { $0 != end }
    }

    /// Writes a Hugging Face folder that `transformers` loads: config.json, model.safetensors, generation_config.json and the
    /// tokenizer's files.
    ///
    /// The same weights give the same bytes. The folder is replaced as a whole, never in part; it may be the student's own. An adapter
    /// is merged first. Throws `RecordError.unwritable`, and what `ownWeights` throws.
    public func save(to folder: URL, as dtype: TensorType) throws { try save(to: folder, as: dtype, chatTemplate: nil) }

    /// Writes the folder like `save(to:as:)`, with another chat template (Jinja) than the student's.
    package func save(to folder: URL, as dtype: TensorType, chatTemplate: String?) throws {
        try mergeAdapter()
        try StudentFolder.write(
            weights, as: dtype, configuration: file, companions: companions, chatTemplate: chatTemplate, to: folder)
    }

    /// Writes a student with random weights: matrices from normal distributions with the family's deviations, norms 1, biases 0; copies
    /// the tokenizer's files. The same seed gives the same bytes.
    ///
    /// The weights' type is the one that `config` names, else float32.
    /// - Parameters:
    ///   - config: path of a config.json.
    ///   - tokenizer: path of the folder with tokenizer.json.
    package static func initialise(config: URL, tokenizer: URL, seed: UInt64, into folder: URL) throws {
        let file = try ConfigurationFile(contentsOf: config)
        let family = try ModelFamily.named(by: file)
        let configuration = try family.configuration(file)
        let known = try Tokenizer(folder: tokenizer)
        guard known.vocabularySize <= configuration.vocabularySize else {
            throw file.refuse("vocab_size", "is less than the \(known.vocabularySize) tokens of \(tokenizer.path)")
        }
        let type = try file.string("dtype") ?? file.string("torch_dtype")
        let layout = ModelTensors.layouts(configuration, names: family.names(configuration)).model
        let weights = try Weights(tensors: layout, place: config.path)
        weights.drawRandomly(seed: seed)
        try StudentFolder.write(
            weights, as: TensorType.allCases.first { $0.torchName == type } ?? .f32, configuration: file,
            companions: Companions(folder: tokenizer), to: folder)
    }
}
