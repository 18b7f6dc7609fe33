import Foundation
import PladRecords
import PladTensor

/// The safetensors files of a student's folder: one, or several with an index.
struct WeightFiles {
    private let files: [Safetensors]
    /// Which file holds a tensor.
    private let place: [String: Int]

    /// Maps the files. Throws `StudentError.files` when there are none or one is missing, and what `Safetensors` throws.
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
                .files, "\(folder.path): neither model.safetensors nor model.safetensors.index.json; plad reads safetensors alone")
        }
        files = try names.map { try Safetensors(contentsOf: folder.appendingPathComponent($0)) }
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

    /// Checks that the files hold exactly the tensors of `layout`, in shapes and types that can be read.
    ///
    /// A tied head that is stored all the same, and what the family ignores, is passed over.
    func check(_ layout: [TensorLayout], names: TensorNames) throws {
        for tensor in layout {
            guard let number = place[tensor.name], let entry = files[number].entries[tensor.name] else {
                let paths = files.map(\.path).joined(separator: ", ")
                throw StudentError(.tensors, "\(paths): tensor \(tensor.name) is missing; config.json asks for it in \(tensor.shape)")
            }
            guard entry.shape == tensor.shape else {
                throw StudentError(
                    .tensors, "\(files[number].path): tensor \(tensor.name): has shape \(entry.shape), config.json asks for \(tensor.shape)"
                )
            }
            guard TensorType(safetensorsName: entry.type) != nil else {
                let known = TensorType.allCases.map(\.safetensorsName).joined(separator: ", ")
                throw StudentError(.tensors, "\(files[number].path): tensor \(tensor.name): type \(entry.type); plad reads \(known)")
            }
        }
        let expected = Set(layout.map(\.name)).union([names.head])
        if let stranger = place.keys.filter({ !expected.contains($0) && !names.ignored($0) }).min() {
            throw StudentError(
                .tensors,
                "\(files[place[stranger]!].path): tensor \(stranger): config.json describes no such tensor; is it the file of another model?"
            )
        }
    }

    /// Reads all tensors as float32. Throws `StudentError.tensors` when one holds a NaN, an infinity, or numbers beyond reason.
    ///
    /// - Precondition: `check` passed for the same layout.
    func read(into weights: Weights, workers: Workers) throws {
        let piece = 1 << 20
        let pieces = weights.tensors.flatMap { tensor in
            stride(from: 0, to: tensor.count, by: piece).map { (tensor, $0, min(piece, tensor.count - $0)) }
        }
        let squares = UnsafeMutablePointer<Double>.allocate(capacity: pieces.count)
        defer { squares.deallocate() }
        workers.run(pieces.count) { part in
            let (tensor, start, count) = pieces[part]
            let file = files[place[tensor.name]!]
            let entry = file.entries[tensor.name]!
            let type = TensorType(safetensorsName: entry.type)!
            let target = weights.buffer.pointer(at: tensor.offset + start, count: count)
            file.data.withUnsafeBytes { bytes in
                let source = bytes.baseAddress! + entry.bytes.lowerBound + start * type.bytes
                switch type {
                case .f32: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
                case .bf16: widen(bfloat16: source, into: target, count: count)
                case .f16: widen(float16: source, into: target, count: count)
                }
            }
            squares[part] = sumOfSquares(target, count: count)
        }
        if let part = pieces.indices.first(where: { !squares[$0].isFinite }) {
            let name = pieces[part].0.name
            throw StudentError(
                .tensors, "\(files[place[name]!].path): tensor \(name): holds NaN, infinity or numbers beyond 1e19; the model is damaged")
        }
    }
}
