import Foundation
import PladRecords
import PladTensor

/// The safetensors files of a student's folder: one, or several with an index.
struct WeightFiles {
    private let files: [Safetensors]
    /// Index of the file that holds each tensor.
    private let place: [String: Int]

    /// Maps the files. Throws `StudentError.files` if there are none or one is missing, and what `Safetensors` throws.
    init(folder: URL) throws {
        let single = folder.appendingPathComponent("model.safetensors")
        let index = folder.appendingPathComponent("model.safetensors.index.json")
        let names: [String]
        if Files.exists(single) {
            names = [single.lastPathComponent]
        } else if Files.exists(index) {
            names = try Self.shards(listedIn: ConfigurationFile(contentsOf: index))
        } else {
            throw StudentError(
                .files,
                "\(folder.path): neither model.safetensors nor model.safetensors.index.json\(Self.others(in: folder)); plad reads safetensors alone"
            )
        }
        try self.init(names.map { folder.appendingPathComponent($0) })
    }

    /// The folder's weights in other formats, as errors name them: ", but pytorch_model.bin".
    private static func others(in folder: URL) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let kinds = [".gguf", ".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".safetensors"]
        let other = names.filter { name in kinds.contains { name.hasSuffix($0) } }.min()
        return other.map { ", but \($0)" } ?? ""
    }

    /// Maps one file.
    init(file: URL) throws { try self.init([file]) }

    private init(_ paths: [URL]) throws {
        files = try paths.map { try Safetensors(contentsOf: $0) }
        var place: [String: Int] = [:]
        for (number, file) in files.enumerated() {
            for name in file.entries.keys.sorted() {
                if let other = place.updateValue(number, forKey: name) {
                    throw StudentError(.tensors, "\(file.path): tensor \(name): is in \(files[other].path) too")
                }
            }
        }
        self.place = place
    }

    private static func shards(listedIn index: ConfigurationFile) throws -> [String] {
        guard let map = index.value("weight_map")?.object, !map.isEmpty else {
            throw index.refuse("weight_map", "is not an object that tells each tensor's file")
        }
        let names = try map.map { tensor, file in
            guard let name = file.string, !name.isEmpty, !name.contains("/"), name != "..", name != "." else {
                throw StudentError(
                    .files, "\(index.path): weight_map: \(tensor): \(file.canonical) is not the name of a file in this folder")
            }
            return name
        }
        return Set(names).sorted()
    }

    /// The entry of a tensor with its file; the name in the file may lack the family's prefix.
    func find(_ name: String, _ prefix: String) -> (file: Safetensors, name: String, entry: Safetensors.Entry)? {
        let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        for name in [name, short] {
            if let number = place[name], let entry = files[number].entries[name] { return (files[number], name, entry) }
        }
        return nil
    }

    /// Checks that the files hold exactly the tensors of `layout`, in readable shapes and types.
    ///
    /// Ignores a tied head that is stored all the same, and the tensors that the family ignores.
    func check(_ layout: [TensorLayout], names: TensorNames) throws {
        try check(layout, prefix: names.prefix, ignored: { $0 == names.head || names.ignored($0) })
    }

    /// The same check by the prefix that names may lack and the tensors to ignore.
    func check(_ layout: [TensorLayout], prefix: String, ignored: (String) -> Bool) throws {
        try Quantization.refuse(
            place.sorted { $0.key < $1.key }.map { ($0.key, files[$0.value].entries[$0.key]!.type, files[$0.value].path) })
        for tensor in layout {
            guard let (file, name, entry) = find(tensor.name, prefix) else {
                let paths = files.map(\.path).joined(separator: ", ")
                throw StudentError(
                    .tensors, "\(paths): tensor \(tensor.name) is missing; the configuration asks for it in \(tensor.fileShape)")
            }
            guard entry.shape == tensor.fileShape else {
                throw StudentError(
                    .tensors, "\(file.path): tensor \(name): has shape \(entry.shape), the configuration asks for \(tensor.fileShape)")
            }
            guard TensorType(safetensorsName: entry.type) != nil else {
                let known = TensorType.allCases.map(\.safetensorsName).joined(separator: ", ")
                throw StudentError(.tensors, "\(file.path): tensor \(name): type \(entry.type); plad reads \(known)")
            }
        }
        let expected = Set(layout.map(\.name))
        let strangers = place.keys.filter { name in ![name, prefix + name].contains { expected.contains($0) || ignored($0) } }
        if let stranger = strangers.min() {
            throw StudentError(
                .tensors,
                "\(files[place[stranger]!].path): tensor \(stranger): config.json describes no such tensor; is it the file of another model?"
            )
        }
    }

    /// Reads all tensors as float32: mapped, if the files hold them in that type, else copied to memory.
    ///
    /// Throws `StudentError.tensors` if one holds a NaN, an infinity, or unreasonable numbers, `.memory` with `place`, and `.files` if
    /// a file is overwritten meanwhile.
    /// - Precondition: `check` passed for the same layout.
    func read(_ layout: [TensorLayout], prefix: String, place: String, workers: Workers) throws -> Weights {
        guard let weights = mapped(layout, prefix) else { return try copy(layout, prefix: prefix, place: place, workers: workers) }
        try fill(weights, prefix, workers)
        return weights
    }

    /// Copies the tensors to memory, whatever type the files hold.
    func copy(_ layout: [TensorLayout], prefix: String, place: String, workers: Workers) throws -> Weights {
        let weights = try Weights(tensors: layout, place: place)
        try fill(weights, prefix, workers)
        return weights
    }

    /// The tensors mapped from the files; nil if one is of another type, transposed, or not aligned for a float.
    private func mapped(_ layout: [TensorLayout], _ prefix: String) -> Weights? {
        var (starts, used): ([UnsafeMutablePointer<Float>], [MappedFile]) = ([], [])
        for tensor in layout {
            let (file, _, entry) = find(tensor.name, prefix)!
            guard entry.type == TensorType.f32.safetensorsName, !tensor.isTransposedInFile,
                entry.bytes.lowerBound % MemoryLayout<Float>.alignment == 0, let mapping = file.mapping,
                let start = mapping.bytes.baseAddress
            else { return nil }
            let values = UnsafeMutableRawPointer(mutating: start + entry.bytes.lowerBound)
            starts.append(values.bindMemory(to: Float.self, capacity: tensor.count))
            if !used.contains(where: { $0 === mapping }) { used.append(mapping) }
        }
        return Weights(tensors: layout, at: starts, in: used)
    }

    /// Reads the tensors that are not mapped, and checks all numbers.
    private func fill(_ weights: Weights, _ prefix: String, _ workers: Workers) throws {
        let pieces = weights.tensors.enumerated().flatMap { number, tensor -> [TensorPiece] in
            let (file, name, entry) = find(tensor.name, prefix)!
            // A transposed tensor is cut by its columns in the file, which are rows in memory.
            let row = tensor.isTransposedInFile ? tensor.shape[1] : 1
            let share = max(1, (1 << 20) / row) * row
            return stride(from: 0, to: tensor.count, by: share).map {
                TensorPiece(
                    tensor: tensor, path: file.path, name: name, type: TensorType(safetensorsName: entry.type)!, data: file.data,
                    first: entry.bytes.lowerBound, range: $0..<min($0 + share, tensor.count), target: weights.starts[number] + $0)
            }
        }
        let squares = UnsafeMutablePointer<Double>.allocate(capacity: pieces.count)
        defer { squares.deallocate() }
        workers.run(pieces.count) { part in
            let piece = pieces[part]
            if !weights.areMapped { piece.read() }
            squares[part] = sumOfSquares(piece.target, count: piece.range.count)
        }
        if let part = pieces.indices.first(where: { !squares[$0].isFinite }) {
            throw StudentError(
                .tensors,
                "\(pieces[part].path): tensor \(pieces[part].name): holds NaN, infinity or numbers beyond 1e19; the model is damaged")
        }
        for file in files { try file.mapping?.requireUnchanged() }
    }
}

/// A range of values of a tensor in a file.
private struct TensorPiece {
    let tensor: TensorLayout
    let path: String
    let name: String
    let type: TensorType
    let data: Data
    /// Offset of the tensor in the file, in bytes.
    let first: Int
    /// Range of values, in the order of memory.
    let range: Range<Int>
    /// Address of the values in memory.
    let target: UnsafeMutablePointer<Float>

    func read() {
        data.withUnsafeBytes { bytes in
            let source = bytes.baseAddress! + first
            guard tensor.isTransposedInFile else {
                return widen(source + range.lowerBound * type.bytes, into: target, count: range.count)
            }
            let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
            let columns = range.lowerBound / inputs..<range.upperBound / inputs
            withUnsafeTemporaryAllocation(of: Float.self, capacity: columns.count) { row in
                for input in 0..<inputs {
                    widen(source + (input * outputs + columns.lowerBound) * type.bytes, into: row.baseAddress!, count: columns.count)
                    for (index, value) in row.enumerated() { target[index * inputs + input] = value }
                }
            }
        }
    }

    private func widen(_ source: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int) {
        switch type {
        case .f32: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
        case .bf16: PladTensor.widen(bfloat16: source, into: target, count: count)
        case .f16: PladTensor.widen(float16: source, into: target, count: count)
        }
    }
}
