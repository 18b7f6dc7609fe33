import ArgumentParser

/// The flags for every setting of a run. A `--config` file has the same.
struct DistillOptions: ParsableArguments {
    @OptionGroup(title: "Teacher") var teacher: TeacherOptions
    @OptionGroup(title: "Prompts") var prompts: PromptOptions
    @OptionGroup(title: "Student") var student: StudentOptions
    @OptionGroup(title: "Warm-up on the teacher's text") var warmUp: WarmUpOptions
    @OptionGroup(title: "Samples of the student") var sampling: RunSamplingOptions
    @OptionGroup(title: "Quality") var quality: QualityOptions
    @OptionGroup(title: "Pairs") var pairing: PairingOptions
    @OptionGroup(title: "Ranking") var ranking: RankingOptions
    @OptionGroup(title: "Low-rank adapter") var adapter: AdapterOptions
    @OptionGroup(title: "Evaluation") var evaluation: EvaluationOptions
    @OptionGroup(title: "Run") var run: RunOptions
}
