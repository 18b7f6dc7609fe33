import PladTeacher

/// Splits requests into batches within a provider's limits of rows and bytes.
struct BatchLoad {
    struct Batch {
        var requests: [TeacherRequest] = []
        /// Upper bound of their cost.
        var cost = Money.zero
    }

    let most: (rows: Int, bytes: Int)
    private(set) var batches: [Batch] = []
    /// Number of bytes in the last batch.
    private var bytes = 0

    init(most: (rows: Int, bytes: Int)) {
        self.most = most
    }

    mutating func add(_ request: TeacherRequest, cost: Money) {
        // Beside the body a row holds its id, its address and their names.
        let size = request.bodyText.utf8.count + request.path.utf8.count + 160
        if batches.isEmpty || batches[batches.count - 1].requests.count == most.rows || bytes + size > most.bytes {
            batches.append(Batch())
            bytes = 0
        }
        batches[batches.count - 1].requests.append(request)
        batches[batches.count - 1].cost = batches[batches.count - 1].cost + cost
        bytes += size
    }
}
