import PladRecords

/// Turns pieces of text into token ids.
protocol TokenModel: Sendable {
    var vocabulary: Vocabulary { get }

    func encode(_ list: PieceList, into ids: inout [TokenID])
}
