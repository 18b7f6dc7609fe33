package import PladRecords

/// The content of the report, from a run's records; missing records are left out of the page.
package struct ReportInput: Sendable {
    /// A setting, version, seed or hash, as text.
    package struct Setting: Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The number of items that reached a stage: `prompts`, `answered`, `pairs`, …
    package struct Count: Sendable {
        package var name: String
        package var count: Int

        package init(_ name: String, _ count: Int) {
            self.name = name
            self.count = count
        }
    }

    package struct StageTime: Sendable {
        package var name: String
        package var seconds: Double

        package init(_ name: String, seconds: Double) {
            self.name = name
            self.seconds = seconds
        }
    }

    /// The state of a run that is still going on while its page is shown.
    package struct Live: Sendable {
        /// Current activity, in words.
        package var now: String
        /// Version of the page's content, the server's ETag.
        package var state: String

        package init(now: String, state: String = "") {
            self.now = now
            self.state = state
        }
    }

    /// Name of the run.
    package var title: String
    /// Command, versions, time and other facts, a line each.
    package var facts: [Setting]
    package var settings: [Setting]
    /// SHA-256 digests of the files read and written, by name.
    package var hashes: [Setting]
    /// Counts from all prompts down to the pairs trained on.
    package var funnel: [Count]
    package var drops: [LeftOut]
    package var log: [TrainingStep]
    package var evaluation: Evaluation?
    /// Number of held-out prompts, for choosing and reporting; nil if unknown.
    package var heldOut: Int?
    package var stages: [StageTime]
    /// State of a live page, which asks its server for changes; nil in a file.
    package var live: Live?

    package init(
        title: String, facts: [Setting] = [], settings: [Setting] = [], hashes: [Setting] = [], funnel: [Count] = [],
        drops: [LeftOut] = [], log: [TrainingStep] = [], evaluation: Evaluation? = nil, heldOut: Int? = nil,
        stages: [StageTime] = [], live: Live? = nil
    ) {
        self.title = title
        self.facts = facts
        self.settings = settings
        self.hashes = hashes
        self.funnel = funnel
        self.drops = drops
        self.log = log
        self.evaluation = evaluation
        self.heldOut = heldOut
        self.stages = stages
        self.live = live
    }
}
