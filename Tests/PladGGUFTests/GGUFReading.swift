import Foundation

/// A naive reader of GGUF files (ggml's `docs/gguf.md`), for comparison.
struct GGUFReading {
    var metadata: [String: String] = [:]
    var lists: [String: [String]] = [:]
    var tensors: [String: (shape: [Int], type: UInt32, bytes: [UInt8])] = [:]

    init(_ data: Data) {
        let bytes = [UInt8](data)
        var at = 4
        func number(_ count: Int) -> UInt64 {
            defer { at += count }
            return (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << (8 * UInt64($1)) }
        }
        func text() -> String {
            let count = Int(number(8))
            defer { at += count }
            return String(decoding: bytes[at..<at + count], as: UTF8.self)
        }
        func value(_ type: UInt64) -> String {
            switch type {
            case 4: "\(number(4))"
            case 5: "\(Int32(truncatingIfNeeded: number(4)))"
            case 6: "\(Float(bitPattern: UInt32(number(4))))"
            case 7: number(1) == 1 ? "true" : "false"
            default: text()
            }
        }
        precondition(bytes[0..<4].elementsEqual("GGUF".utf8) && number(4) == 3)
        let (count, pairs) = (Int(number(8)), Int(number(8)))
        for _ in 0..<pairs {
            let key = text()
            let type = number(4)
            if type == 9 {
                let element = number(4)
                lists[key] = (0..<Int(number(8))).map { _ in value(element) }
            } else {
                metadata[key] = value(type)
            }
        }
        var places: [(name: String, shape: [Int], type: UInt32, offset: Int)] = []
        for _ in 0..<count {
            let name = text()
            let shape = (0..<Int(number(4))).map { _ in Int(number(8)) }
            places.append((name, shape.reversed(), UInt32(number(4)), Int(number(8))))
        }
        let start = (at + 31) / 32 * 32
        for (index, place) in places.enumerated() {
            let end = index + 1 < places.count ? start + places[index + 1].offset : bytes.count
            tensors[place.name] = (place.shape, place.type, Array(bytes[start + place.offset..<end]))
        }
    }

    /// The values of a float32 tensor.
    func floats(_ name: String) -> [Float]? {
        guard let tensor = tensors[name], tensor.type == 0 else { return nil }
        return (0..<tensor.shape.reduce(1, *)).map { index in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(tensor.bytes[4 * index + $1]) << (8 * UInt32($1)) })
        }
    }
}
