/// In what precision a decode step reads the weights.
package enum DecodeWeights: String, Sendable, CaseIterable {
    /// As they are; matrices of bfloat16 numbers, as published models have them, in half the memory traffic and to the same bit.
    case float32
    /// Eight bits a weight and a scale for every 32 inputs (see `PanelMatrix.Format.int8`), the head's too: little more than a
    /// quarter of the memory traffic, and sums of whole numbers.
    ///
    /// What is drawn, and the log-probabilities reported with it, are those of the rounded weights; a prompt's keys and values
    /// those of the whole ones.
    case int8
}
