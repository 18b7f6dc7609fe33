import Foundation
import PladRecords

/// A judge of which of two completions is better.
enum CompletionJudge {
    /// Facts kept, then similarity to the teacher's text, by the given metric or, if nil, by that for its script.
    case metric(SimilarityMetric?)
    /// The log-probability per token under a local model.
    case likelihood(URL)
    /// A model behind a URL, asked like the teacher.
    case remote(TeacherSettings, maxTokens: Int)

    /// Name of the judge in evaluation.json.
    var name: String {
        switch self {
        case .metric(let likeness): likeness?.rawValue ?? "metric"
        case .likelihood(let folder): "likelihood under \(folder.lastPathComponent)"
        case .remote(let settings, _): settings.model ?? ""
        }
    }

    /// The judges in a run's settings. Throws `SettingError` for one that is missing, is not a model or has no price.
    static func chosen(in run: Run) throws -> [CompletionJudge] {
        let settings = run.settings.evaluation.judge
        let local: [CompletionJudge] =
            switch settings.local {
            case .none: []
            case .metric: [.metric(nil)]
            case .chrF: [.metric(.chrF)]
            case .model(let name): [.likelihood(try folder(name))]
            }
        guard settings.remote != nil || settings.model != nil || settings.id != nil else { return local }
        guard settings.maxTokens > 0 else {
            throw SettingError(path: "evaluation.judge.max_tokens", problem: "\(settings.maxTokens): give at least 1")
        }
        let teacher = try run.settings.teacher.judging(settings)
        guard teacher.remote != nil || teacher.replay && teacher.id != nil else {
            throw SettingError(
                path: "evaluation.judge.remote",
                problem: "is missing: give the judge's URL, or with `teacher.replay` the `evaluation.judge.id` it was recorded under")
        }
        _ = try teacher.resolvedDialect("evaluation.judge")
        guard teacher.budget == nil || teacher.replay || teacher.resolvedPrice != nil else {
            throw SettingError(
                path: "teacher.budget",
                problem:
                    "needs the price of \(teacher.model ?? "the judge"), which plad does not know: give it by `evaluation.judge.price` in,out in dollars per million tokens, such as 0.15,0.60"
            )
        }
        return local + [.remote(teacher, maxTokens: settings.maxTokens)]
    }

    private static func folder(_ name: String) throws -> URL {
        do {
            return try StudentLocation.resolve(name)
        } catch let error as RecordError {
            throw SettingError(
                path: "evaluation.judge.local", problem: "\(name): give metric, chrf, none, or a model's folder: \(error.message)")
        }
    }
}

extension TeacherSettings {
    /// The teacher's settings adapted to the judge: the same cache, mode and retries, another model.
    ///
    /// The teacher's key file and headers are never sent to another origin.
    fileprivate func judging(_ judge: JudgeSettings) throws -> TeacherSettings {
        var settings = self
        settings.remote = judge.remote
        settings.model = try judge.model.required("evaluation.judge.model", "the name of the model that judges")
        (settings.dialect, settings.id, settings.price) = (judge.dialect, judge.id, judge.price)
        let isSameOrigin = Self.origin(of: judge.remote) == Self.origin(of: remote)
        settings.keyFile = judge.keyFile ?? (isSameOrigin ? keyFile : nil)
        settings.keyVariables = ["PLAD_JUDGE_API_KEY"] + (isSameOrigin ? keyVariables : [])
        settings.plainHTTP = judge.plainHTTP || isSameOrigin && plainHTTP
        settings.headers = isSameOrigin ? headers : []
        settings.extra = judge.extra
        settings.batch = false
        return settings
    }

    private static func origin(of url: String?) -> String? {
        url.flatMap { URLComponents(string: $0) }.map { "\($0.scheme ?? "")://\($0.host ?? ""):\($0.port ?? -1)".lowercased() }
    }
}
