package import Foundation
import PladRecords
package import PladStudent
import PladTensor

/// A file of the reference student's log-probabilities of candidates: one line with the digests of student and candidates, then a line
/// for each group.
///
/// They are computed once. A file of another student or of other candidates is stale and is replaced; an incomplete one is continued
/// after its last whole batch, so that the numbers equal those of an uninterrupted process.
package struct ReferenceFile {
    package let url: URL

    package init(_ url: URL) {
        self.url = url
    }

    /// Number of groups whose log-probabilities are computed and stored together.
    package static let batchSize = 256

    private struct Header: Codable, Equatable {
        /// SHA-256 of the weights.
        var student: String
        /// SHA-256 of all token ids.
        var candidates: String
    }

    private struct Line: Codable {
        var id: String
        /// Sum of the token log-probabilities of each candidate, nats.
        var logProbabilities: [Double]
    }

    /// Fills in the reference scores of the groups' candidates, by the student as it is now.
    ///
    /// - Parameter progress: called after every batch with the number of groups done; may throw to stop.
    package func fill(
        _ groups: [EncodedGroup], by student: Student, progress: (Int) throws -> Void = { _ in }
    ) throws -> [EncodedGroup] {
        let header = Header(
            student: student.weightsDigest, candidates: Digest(of: groups.map { "\($0.prompt)\($0.completions)" }.joined()).description)
        var lines = try kept(header)
        lines.removeLast(lines.count == groups.count ? 0 : lines.count % Self.batchSize)
        if lines.count < groups.count {
            let file = try GrowingFile(url, keeping: try JSONLines.data([header]) + JSONLines.data(lines))
            while lines.count < groups.count {
                let batch = groups[lines.count..<min(lines.count + Self.batchSize, groups.count)]
                let sums = try student.logProbabilities(of: batch.map(\.tree)).map { $0.map { $0.reduce(0) { $0 + Double($1) } } }
                let added = zip(batch, sums).map { Line(id: $0.id, logProbabilities: $1) }
                try file.append(added)
                lines += added
                try progress(lines.count)
            }
        }
        return zip(groups, lines).map { group, line in
            var group = group
            for index in group.candidates.indices { group.candidates[index].reference = line.logProbabilities[index] }
            return group
        }
    }

    /// The lines of the file if it is for this student and these candidates; else none.
    private func kept(_ header: Header) throws -> [Line] {
        let lines = JSONLines.lines(of: try GrowingFile.wholeLines(of: url)).map(\.line)
        guard let first = lines.first, let found = try? JSONDecoder.ofLines.decode(Header.self, from: first), found == header else {
            return []
        }
        let decoder = JSONDecoder.ofLines
        return (try? lines.dropFirst().map { try decoder.decode(Line.self, from: $0) }) ?? []
    }
}

extension Student {
    /// SHA-256 of the tensors and settings that decide the student's results, its adapter included.
    var weightsDigest: String {
        func digest(_ weights: Weights) -> String {
            Digest(ofParts: weights.tensors.map { UnsafeRawBufferPointer(weights.values(of: $0)) }).description
        }
        guard let adapter else { return digest(weights) }
        return Digest(of: digest(weights) + "\(adapter.settings)" + digest(adapter.weights)).description
    }
}
