import PladTensor

/// The memory of the output head: a tile of logits for every worker, and the contribution of every part of the vocabulary to each row.
///
/// The vocabulary is split into parts, one work item each; a part is processed in tiles of columns and chunks of rows, so that a tile
/// of logits is computed and used inside a core's cache and no [T, V] matrix ever exists.
final class HeadScratch {
    static let chunkRows = 512
    static let tileColumns = 512

    /// Columns of each part.
    let parts: [Range<Int>]
    private let tiles: AlignedBuffer
    /// Slopes of capped logits, a tile for every worker; empty if logits have no cap.
    private let slopeTiles: AlignedBuffer
    private var memory = AlignedBuffer(count: 0)
    private var rows = 0
    private let width: Int

    init(_ configuration: StudentConfiguration, threads: Int) {
        width = configuration.width
        let vocabulary = configuration.vocabularySize
        // Two parts a thread even out threads that are held up; small vocabularies would only lose by it.
        let wanted = threads == 1 ? 1 : min(2 * threads, max(threads, vocabulary / 2048))
        let columns = (vocabulary + wanted - 1) / wanted
        let share = (columns + 15) / 16 * 16
        parts = stride(from: 0, to: vocabulary, by: share).map { $0..<min(vocabulary, $0 + share) }
        tiles = AlignedBuffer(count: threads * Self.chunkRows * Self.tileColumns)
        slopeTiles = AlignedBuffer(count: configuration.logitCap == nil ? 0 : tiles.count)
    }

    /// Makes room for `rows` predicting rows.
    func reserve(rows: Int) {
        guard rows > self.rows else { return }
        self.rows = rows
        memory = AlignedBuffer(count: parts.count * rows * (2 + width))
    }

    /// Bytes for `rows` predicting rows.
    func bytes(rows: Int, threads: Int) -> Int {
        4 * (threads * Self.chunkRows * Self.tileColumns + slopeTiles.count + parts.count * rows * (2 + width))
    }

    /// [chunkRows, tileColumns]
    func tile(_ worker: Int) -> UnsafeMutablePointer<Float> {
        tiles.pointer + worker * Self.chunkRows * Self.tileColumns
    }

    /// [chunkRows, tileColumns]
    func slopes(_ worker: Int) -> UnsafeMutablePointer<Float> {
        slopeTiles.pointer + worker * Self.chunkRows * Self.tileColumns
    }

    /// [rows]: the part's greatest logit of each row.
    func greatest(_ part: Int) -> UnsafeMutablePointer<Float> { memory.pointer + part * rows }

    /// [rows]: Σ e^(logit − greatest) over the part.
    func total(_ part: Int) -> UnsafeMutablePointer<Float> { memory.pointer + (parts.count + part) * rows }

    /// [rows, C]: the part's share of the gradient of the head's input.
    func inputGradient(_ part: Int) -> UnsafeMutablePointer<Float> { memory.pointer + (2 * parts.count * rows + part * rows * width) }
}
