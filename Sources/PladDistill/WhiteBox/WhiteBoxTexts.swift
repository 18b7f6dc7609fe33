import Foundation
import PladRecords
package import PladStudent
import PladTokenizer
package import PladTraining

/// Reads the texts that a teacher's distributions are wanted for: a file of plain texts, or a run's folder.
package enum WhiteBoxTexts {
    /// The texts as a model reads them, in order, each once; `short` are those of fewer than two tokens, which predict nothing.
    package struct Encoded {
        package var texts: [EncodedText] = []
        package var short = 0
        package var repeated = 0
    }

    /// The texts of a file end with the model's end-of-sequence token and begin as its tokenizer begins a text. Those of a run are the
    /// student's prompt with each completion of the teacher.
    ///
    /// Throws `RecordError`, and `TrainingError.knowledge` with the first text that exceeds the context, unless `window` cuts it.
    /// - Parameters:
    ///   - window: largest number of tokens of a text; longer ones are cut into texts of as many. Nil to refuse them.
    ///   - hasWindow: false if whoever asks has no such setting, which errors then do not name.
    package static func read(
        _ location: String, for model: Student, window: Int?, hasWindow: Bool = true, observer: any RunObserver
    ) throws -> Encoded {
        let url = URL(fileURLWithPath: location)
        let encoded =
            Files.exists(url.appendingPathComponent("run.json"))
            ? try texts(of: Run(in: location, observer: observer), for: model) : try texts(in: TextFile.read(url), for: model)
        let context = model.configuration.contextLength
        if let window, !(2...context).contains(window) {
            throw SettingError(path: "window", problem: "\(window): give 2 tokens to \(context), the model's context")
        }
        var (result, seen): (Encoded, Set<Digest>) = (Encoded(), [])
        for text in encoded {
            for piece in try text.cut(window, context: context, of: location, hasWindow: hasWindow) {
                guard piece.ids.count > 1 else {
                    result.short += 1
                    continue
                }
                guard seen.insert(piece.key).inserted else {
                    result.repeated += 1
                    continue
                }
                result.texts.append(piece)
            }
        }
        guard !result.texts.isEmpty else {
            throw RecordError(.malformed, "\(location) holds no text of two tokens or more; give JSON lines {\"text\"} or a text a line")
        }
        return result
    }

    private static func texts(in texts: [PlainText], for model: Student) -> [EncodedText] {
        texts.map { text in
            var ids = model.tokenizer.encodePrompt(text.text)
            if let end = model.endOfSequence.first, ids.last != end { ids.append(end) }
            return EncodedText(id: text.id, ids: ids)
        }
    }

    private static func texts(of run: Run, for model: Student) throws -> [EncodedText] {
        try run.folder.require(run.folder.teacher, madeBy: "teach")
        let prompts = Dictionary(run.prompts(.train).map { ($0.id, $0) }) { first, _ in first }
        let encoder = PairEncoder(student: model)
        return try JSONLines.read(TeacherCompletion.self, from: run.folder.teacher).compactMap { answer in
            guard let prompt = prompts[answer.id] else { return nil }
            let (_, ids) = try run.wording.student(prompt, model.tokenizer)
            return EncodedText(id: "\(answer.id)/\(answer.sample)", ids: ids + encoder.ids(of: answer))
        }
    }
}

extension EncodedText {
    /// The text, or the pieces of at most `window` tokens that it is cut into.
    fileprivate func cut(_ window: Int?, context: Int, of location: String, hasWindow: Bool) throws -> [EncodedText] {
        guard ids.count > window ?? context else { return [self] }
        guard let window else {
            let way = hasWindow ? "shorten it, or give `window`, which cuts longer texts" : "shorten it"
            throw TrainingError(
                .knowledge, "\(location): \(id) has \(ids.count) tokens, and the model's context holds \(context); \(way)")
        }
        return stride(from: 0, to: ids.count, by: window).map { start in
            EncodedText(id: "\(id)+\(start)", ids: Array(ids[start..<min(start + window, ids.count)]))
        }
    }
}
