private import Foundation
internal import LinearAlgebra

/// A digest over a tensor file's names, shapes, bytes and metadata (all but `digest`), against damage, not malice.
enum TensorDigest {
    /// FNV-1a (64 bits) in 16 hexadecimal digits.
    static func text(of file: SafeTensors) -> String {
        var digest = FNV1a()
        for name in file.tensors.keys.sorted() {
            guard let tensor = file.tensors[name] else { continue }
            digest.add("\(name) \(tensor.type.rawValue) \(tensor.shape);")
            digest.add(tensor.bytes)
        }
        for key in file.metadata.keys.sorted() where key != "digest" {
            digest.add("\(key)=\(file.metadata[key] ?? "");")
        }
        let text = String(digest.value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}

/// FNV-1a with 64 bits (Fowler, Noll, Vo).
struct FNV1a {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func add(_ text: String) { add(text.utf8) }
}

/// JSON whose bytes depend on the value alone.
enum CanonicalJSON {
    static func text(of value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
