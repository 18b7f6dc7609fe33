import Foundation
import PladRecords

/// Who says which of two answers is better.
enum AnswerJudge {
    /// Facts kept, then likeness to the teacher's text: by what its script asks for, where none is named.
    case metric(Likeness?)
    /// The log-probability per token under a local model.
    case likelihood(URL)
    /// A model behind a URL, asked as the teacher is.
    case remote(TeacherOptions, maxTokens: Int)

    /// What evaluation.json calls the judge.
    var name: String {
        switch self {
        case .metric(let likeness): likeness?.rawValue ?? "metric"
        case .likelihood(let folder): "likelihood under \(folder.lastPathComponent)"
        case .remote(let options, _): options.teacherModel ?? ""
        }
    }

    /// The judges that a run's options name. Throws `UsageError` for what is missing, no model or without a price.
    static func chosen(in run: Run) throws -> [AnswerJudge] {
        let options = run.options.evaluation.judge
        let local: [AnswerJudge] =
            switch options.judge {
            case "none": []
            case "metric": [.metric(nil)]
            case Likeness.chrF.rawValue.lowercased(): [.metric(.chrF)]
            default: [.likelihood(try folder(options.judge))]
            }
        guard options.judgeRemote != nil || options.judgeModel != nil || options.judgeID != nil else { return local }
        guard options.judgeMaxTokens > 0 else { throw UsageError("--judge-max-tokens \(options.judgeMaxTokens): give at least 1") }
        let teacher = try run.options.teacher.judging(options)
        guard teacher.remote != nil || teacher.replay && teacher.teacherID != nil else {
            throw UsageError("--judge-remote is missing: give the judge's URL, or with --replay the --judge-id it was recorded under")
        }
        _ = try teacher.resolvedDialect()
        guard try teacher.budget == nil || teacher.replay || teacher.resolvedPrice() != nil else {
            throw UsageError(
                "--budget needs the price of \(teacher.teacherModel ?? "the judge"), which plad does not know: give it by --judge-price in,out in dollars per million tokens, such as 0.15,0.60"
            )
        }
        return local + [.remote(teacher, maxTokens: options.judgeMaxTokens)]
    }

    private static func folder(_ name: String) throws -> URL {
        do {
            return try StudentLocation.resolve(name)
        } catch let error as RecordError {
            throw UsageError("--judge \(name): give metric, chrf, none, or a model's folder: \(error.message)")
        }
    }
}

extension TeacherOptions {
    /// These options with the judge in the teacher's place: the same cache, mode and patience, another model.
    ///
    /// Neither the teacher's key file nor its headers are shown to another origin.
    fileprivate func judging(_ judge: JudgeOptions) throws -> TeacherOptions {
        var options = self
        options.remote = judge.judgeRemote
        options.teacherModel = try judge.judgeModel.required("judge-model", "the name of the model that judges")
        (options.dialect, options.teacherID, options.price) = (judge.judgeDialect, judge.judgeID, judge.judgePrice)
        let isSameOrigin = Self.origin(of: judge.judgeRemote) == Self.origin(of: remote)
        options.keyFile = judge.judgeKeyFile ?? (isSameOrigin ? keyFile : nil)
        options.header = isSameOrigin ? header : []
        options.extra = judge.judgeExtra
        options.batch = false
        return options
    }

    private static func origin(of url: String?) -> String? {
        url.flatMap { URLComponents(string: $0) }.map { "\($0.scheme ?? "")://\($0.host ?? ""):\($0.port ?? -1)".lowercased() }
    }
}
