internal import Foundation

/// A field that some copies of a dataset write as a string and others as a number: ids, prices, indexes.
struct LooseText: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            text = ""
        } else if let value = try? container.decode(String.self) {
            text = value
        } else if let value = try? container.decode(Int.self) {
            text = String(value)
        } else {
            text = String(try container.decode(Double.self))
        }
    }
}

/// A field that is a list of texts, or one text, or missing; anything else in it is passed over.
struct LooseList: Decodable {
    let texts: [String]

    init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            var texts: [String] = []
            while !list.isAtEnd { texts.append(try list.decode(LooseText.self).text) }
            self.texts = texts
        } else {
            let text = (try? LooseText(from: decoder).text) ?? ""
            texts = text.isEmpty ? [] : [text]
        }
    }
}

extension QuarantineReason {
    /// Decodes one record, or says why it is refused.
    static func decoding<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8], _ decoder: JSONDecoder) -> Decoded<
        Value
    > {
        guard String(validating: bytes, as: UTF8.self) != nil else { return .refused(.invalidUTF8) }
        do {
            return .value(try decoder.decode(type, from: Data(bytes)))
        } catch DecodingError.dataCorrupted {
            return .refused(.invalidJSON)
        } catch {
            return .refused(.unexpectedShape)
        }
    }

    enum Decoded<Value> {
        case value(Value)
        case refused(QuarantineReason)
    }
}
