package import Foundation
import PladRecords
package import PladStudent

/// A student as a GGUF file, which llama.cpp, Ollama and LM Studio load.
///
/// Whatever llama.cpp would compute otherwise is refused before anything is written.
package struct GGUFExport {
    private let student: Student
    private let architecture: GGUFArchitecture
    private let type: GGUFType
    private let file: GGUFFile
    /// Names of the matrices that are written as float16, since their rows hold no whole blocks of the type.
    package let unblocked: [String]

    /// Merges the student's adapter, if it has one, and checks everything.
    ///
    /// - Parameter name: value of `general.name`.
    ///
    /// Throws `GGUFError` for a student or tokenizer that llama.cpp has no like of, and what `mergeAdapter` throws.
    package init(_ student: Student, as type: GGUFType, name: String) throws {
        try student.mergeAdapter()
        self.student = student
        self.type = type
        architecture = try .of(student.configuration)
        var file = GGUFFile()
        file.set("general.architecture", .string(architecture.name))
        file.set("general.type", .string("model"))
        file.set("general.name", .string(name))
        file.set("general.file_type", .uint32(type.fileType))
        file.set("general.quantization_version", .uint32(2))
        for (key, value) in try architecture.allMetadata(student.configuration) { file.set(key, value) }
        for (key, value) in try GGUFTokenizer(student).metadata { file.set(key, value) }
        var unblocked: [String] = []
        for tensor in student.weights.tensors {
            let name = try architecture.tensorName(tensor.name)
            // llama.cpp adds vectors and positions in float32 alone.
            let isMatrix = tensor.shape.count == 2 && name != "position_embd.weight"
            let fits = tensor.shape.last! % type.block.values == 0
            if isMatrix, !fits { unblocked.append(name) }
            file.add(Self.tensor(name, tensor, isMatrix ? (fits ? type : .f16) : .f32, of: student, architecture))
        }
        if case .rotary(let rotary) = student.configuration.positions,
            let factors = rotary.frequencyFactors(headWidth: student.configuration.headWidth)
        {
            file.add(
                GGUFFile.Tensor(name: "rope_freqs.weight", shape: [factors.count], type: .f32) { take in
                    try factors.withUnsafeBufferPointer(take)
                })
        }
        self.file = file
        self.unblocked = unblocked
    }

    /// Writes the file: the old one or the whole new one. The same student gives the same bytes. Throws `GGUFError.values` for a value
    /// beyond what the type holds, `RecordError.unwritable`, and `StudentError.files` if the weights' file was overwritten.
    package func write(to url: URL) throws {
        try file.write(to: url)
        try student.requireUnchanged()
    }

    /// Largest number of values that are converted at once.
    private static let piece = 1 << 20

    private static func tensor(
        _ name: String, _ tensor: TensorLayout, _ type: GGUFType, of student: Student, _ architecture: GGUFArchitecture
    ) -> GGUFFile.Tensor {
        let heads = architecture.reorderedHeads(
            name, query: student.configuration.headCount, key: student.configuration.keyValueHeadCount)
        return GGUFFile.Tensor(name: name, shape: tensor.shape, type: type) { take in
            let values = student.weights.values(of: tensor)
            let row = tensor.shape.count == 2 ? tensor.shape[1] : 1
            let rows = values.count / row
            let width = max(1, piece / row)
            var buffer = [Float](repeating: 0, count: min(width, rows) * row)
            for start in stride(from: 0, to: rows, by: width) {
                let count = min(width, rows - start)
                for index in 0..<count {
                    let source = heads.map { reordered(start + index, heads: $0, rows: rows) } ?? start + index
                    buffer.withUnsafeMutableBufferPointer { target in
                        (target.baseAddress! + index * row).update(from: values.baseAddress! + source * row, count: row)
                    }
                }
                try buffer.withUnsafeBufferPointer { all in
                    let part = UnsafeBufferPointer(rebasing: all[..<(count * row)])
                    try check(part, of: name, fit: type)
                    try take(part)
                }
            }
        }
    }

    /// The row that a head's row `row` comes from: (head, pair, side) of the file is (head, side, pair) of the student.
    static func reordered(_ row: Int, heads: Int, rows: Int) -> Int {
        let width = rows / heads
        let (head, inHead) = row.quotientAndRemainder(dividingBy: width)
        return head * width + inHead % 2 * (width / 2) + inHead / 2
    }

    private static func check(_ values: UnsafeBufferPointer<Float>, of name: String, fit type: GGUFType) throws {
        let limit: Float =
            switch type {
            case .f32, .bf16: .greatestFiniteMagnitude
            case .f16: 65_519
            default: 127 * 65_504
            }
        guard let wrong = values.first(where: { !(abs($0) <= limit) }) else { return }
        throw GGUFError(.values, "\(name) holds \(wrong), beyond what \(type.rawValue) holds; write it as f32")
    }
}
