package import PladRecords

/// Everything the report shows, taken from a run's records; whatever is missing is left out of the page.
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

    /// How many things got as far as a stage: `prompts`, `answered`, `pairs`, …
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

    /// A run that goes on while its page is looked at.
    package struct Live: Sendable {
        /// What is being done, in words.
        package var now: String
        /// Changes when the page does; the server's ETag.
        package var state: String

        package init(now: String, state: String = "") {
            self.now = now
            self.state = state
        }
    }

    /// What the run is called.
    package var title: String
    /// What was run and what it took, a line each.
    package var facts: [Setting]
    package var settings: [Setting]
    /// SHA-256 digests of what was read and written, by name.
    package var hashes: [Setting]
    /// From all prompts down to what was trained on.
    package var funnel: [Count]
    package var drops: [LeftOut]
    package var log: [TrainingStep]
    package var evaluation: Evaluation?
    /// How many prompts are held out, to choose by and to report on; nil where that is not known.
    package var heldOut: Int?
    package var stages: [StageTime]
    /// Lets the page ask its server for news; nil in a file.
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
