/// In what precision a decode step reads the weights.
package enum DecodeWeights: String, Sendable, CaseIterable {
    /// As they are; matrices of bfloat16 numbers, as published models have them, in half the memory traffic and to the same bit.
    case float32
    /// Eight bits a weight and a scale for each row of a matrix: a quarter of the memory traffic.
    ///
    /// The head stays as it is: its rounding goes straight into the logits, and made the most likely token of a small real
    /// model change twice as often. What is drawn, and the log-probabilities reported with it, are those of the rounded
    /// weights; a prompt's keys and values those of the whole ones.
    case int8
}
