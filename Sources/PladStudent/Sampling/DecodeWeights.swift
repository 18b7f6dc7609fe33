/// The precision of the weights in a decode step.
package enum DecodeWeights: String, Sendable, CaseIterable {
    /// Float32, or bfloat16 for matrices whose numbers all are bfloat16, as in published models: half the memory traffic, the same
    /// bits.
    case float32
    /// Eight bits a weight and a scale for every 32 inputs (see `PanelMatrix.Format.int8`), in the head too: little more than a quarter
    /// of the memory traffic, and sums of integers.
    ///
    /// The samples and their log-probabilities are those of the rounded weights; a prompt's keys and values are computed with the
    /// original ones.
    case int8
}
