import PladRecords
package import PladStudent

/// A source of a teacher's distributions for the texts of a batch.
package protocol TeacherKnowledge {
    /// Names the teacher and the truncation, so that a training is resumed with the same alone.
    var identity: String { get }
    /// Largest number of tokens kept at a position.
    var mostTokens: Int { get }

    /// The distributions at the predicted positions of the texts, text after text.
    func distributions(of texts: [EncodedText]) throws -> TokenDistributions
}

/// The distributions of a logits file.
package struct StoredKnowledge: TeacherKnowledge {
    package let file: LogitsFile
    package let truncation: Truncation

    /// - Parameter truncation: what is kept of what the file has; nil for all of it.
    ///
    /// Throws `TrainingError.knowledge` if the file keeps less than that, or the student has another vocabulary than the teacher.
    package init(_ file: LogitsFile, truncation: Truncation? = nil, student: Student) throws {
        self.file = file
        let has = file.header.truncation
        self.truncation = truncation ?? has
        guard self.truncation.topP <= has.topP, self.truncation.topK <= has.topK else {
            throw TrainingError(
                .knowledge,
                "\(file.path) keeps top-p \(has.topP) and top-k \(has.topK), less than `top_p` \(self.truncation.topP) and `top_k` \(self.truncation.topK); lower them, or write the file anew (`LogitsStage`)"
            )
        }
        try file.spellings.require(student, teacher: "the teacher of \(file.path)")
    }

    package var identity: String { "\(file.header.teacher) \(truncation)" }
    package var mostTokens: Int { min(truncation.topK, file.header.vocabularySize) }

    /// Throws `TrainingError.knowledge` with the first text that is not in the file.
    package func check(_ texts: [EncodedText]) throws {
        guard let missing = texts.first(where: { !file.holds($0.key) }) else { return }
        let count = texts.count { !file.holds($0.key) }
        throw TrainingError(
            .knowledge,
            "\(file.path) has no logits for \(missing.id)\(count > 1 ? " and \(count - 1) other texts" : ""), as the student's tokenizer cuts them into tokens; add them (`LogitsStage`, with the same texts and tokens)"
        )
    }

    package func distributions(of texts: [EncodedText]) throws -> TokenDistributions {
        try texts.reduce(into: TokenDistributions()) { result, text in
            guard let found = try file.distributions(of: text.key, truncation) else {
                throw TrainingError(.knowledge, "\(file.path) has no logits for \(text.id); add them (`LogitsStage`)")
            }
            result += found.suffix(text.positions)
        }
    }
}

/// The distributions of a teacher in memory, computed batch by batch.
package struct OnlineKnowledge: TeacherKnowledge {
    package let teacher: Student
    package let truncation: Truncation
    package let identity: String
    package var mostTokens: Int { min(truncation.topK, teacher.configuration.vocabularySize) }

    /// - Parameter digest: of the teacher's files.
    ///
    /// Throws `TrainingError.knowledge` if the student has another vocabulary than the teacher.
    package init(teacher: Student, digest: String, truncation: Truncation, student: Student) throws {
        self.teacher = teacher
        self.truncation = truncation
        identity = "\(digest) \(truncation)"
        try TokenSpellings(teacher.tokenizer, count: teacher.configuration.vocabularySize).require(student, teacher: "the teacher")
    }

    package func distributions(of texts: [EncodedText]) throws -> TokenDistributions {
        try teacher.distributions(of: texts.map(\.tree), truncation)
    }
}

/// The likeliest token of a teacher at each position, then that of the student as it is now, if it is another: what DPKD's released
/// code compares. The log-probabilities are the teacher's.
package struct LikeliestOfBoth: TeacherKnowledge {
    private let teacher, student: Student
    package let identity: String
    package var mostTokens: Int { 2 }

    /// - Parameter digest: of the teacher's files.
    ///
    /// Throws `TrainingError.knowledge` if the student has another vocabulary than the teacher.
    package init(teacher: Student, digest: String, student: Student) throws {
        (self.teacher, self.student) = (teacher, student)
        identity = "\(digest) likeliest of both"
        try TokenSpellings(teacher.tokenizer, count: teacher.configuration.vocabularySize).require(student, teacher: "the teacher")
    }

    package func distributions(of texts: [EncodedText]) throws -> TokenDistributions {
        let (trees, one) = (texts.map(\.tree), Truncation(topP: 1, topK: 1))
        return try teacher.distributions(of: trees, one, and: student.distributions(of: trees, one).ids)
    }
}

extension TokenSpellings {
    /// Throws `TrainingError.knowledge` with the first token that a student has another for.
    package func require(_ student: Student, teacher: String) throws {
        let own = TokenSpellings(student.tokenizer, count: student.configuration.vocabularySize)
        guard let difference = own.difference(to: self) else { return }
        throw TrainingError(
            .knowledge,
            "the student's vocabulary is not that of \(teacher): \(difference); a distribution can be learnt over equal tokens alone, so take a student with the teacher's tokenizer"
        )
    }
}
