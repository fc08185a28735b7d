import Foundation
import Media
import Testing

/// The elements of a text that is fed in pieces of `size` bytes.
private func elements(
    _ text: String, pieces size: Int = 1 << 20, limit: Int = 1 << 20
) throws(JSONElementsError) -> [JSONElements.Element] {
    var splitter = JSONElements(elementByteLimit: limit, depthLimit: 20)
    let bytes = Array(text.utf8)
    var found: [JSONElements.Element] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
        found += try splitter.feed(Array(bytes[start..<min(bytes.count, start + size)]))
    }
    try splitter.finish()
    return found
}

private func text(_ element: JSONElements.Element) -> String { String(decoding: element.bytes, as: UTF8.self) }

@Test func objectIsCutIntoItsMembers() throws {
    let json = """
         { "a" : {"x": [1, {"y": "}]\\""}], "z": 2} ,"b":[], "c\\u00e9\\ud83d\\ude00\\n": "te\\"xt",
        "d":-1.5e3,"e" : true , "f":null}
        """
    for size in [1, 2, 3, 7, 1000] {
        let found = try elements(json, pieces: size)
        #expect(found.map(\.key) == ["a", "b", "cé😀\n", "d", "e", "f"])
        #expect(
            found.map(text) == [#"{"x": [1, {"y": "}]\""}], "z": 2}"#, "[]", #""te\"xt""#, "-1.5e3", "true", "null"])
        let bytes = Array(json.utf8)
        for element in found { #expect(bytes[element.offset...].starts(with: element.bytes)) }
    }
}

@Test func arrayIsCutIntoItsElements() throws {
    for size in [1, 4, 100] {
        let found = try elements("\u{FEFF}[1, \"a,]\", [2,[3]], {\"k\": {}} ]\n", pieces: size)
        #expect(found.map(text) == ["1", "\"a,]\"", "[2,[3]]", "{\"k\": {}}"])
        #expect(found.allSatisfy { $0.key == nil })
    }
    #expect(try elements("[]").isEmpty)
    #expect(try elements(" {} ").isEmpty)
}

@Test func elementsAreThoseThatAParserSees() throws {
    var generator = Bytes(seed: 21)
    func value(_ depth: Int) -> Any {
        switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &generator) {
        case 0: return Int.random(in: -1000...1000, using: &generator)
        case 1: return "t\"\\{[,é\u{1F600}\n" + String(Int.random(in: 0..<9, using: &generator))
        case 2: return true
        case 3: return NSNull()
        case 4: return (0..<Int.random(in: 0..<4, using: &generator)).map { _ in value(depth + 1) }
        default:
            return Dictionary(
                uniqueKeysWithValues: (0..<Int.random(in: 0..<4, using: &generator)).map {
                    ("k\"\($0)", value(depth + 1))
                })
        }
    }
    for _ in 0..<60 {
        let object = Dictionary(uniqueKeysWithValues: (0..<8).map { ("key\\\($0)é", value(0)) })
        let json = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        let found = try elements(json, pieces: Int.random(in: 1...40, using: &generator))
        var rebuilt: [String: Any] = [:]
        for element in found {
            rebuilt[try #require(element.key)] = try JSONSerialization.jsonObject(
                with: Data(element.bytes), options: .fragmentsAllowed)
        }
        #expect(NSDictionary(dictionary: rebuilt) == NSDictionary(dictionary: object))
    }
}

@Test func brokenStructureIsNamedWithItsPlace() {
    let broken: [(String, JSONElementsError)] = [
        ("", .truncated(offset: 0)), ("  ", .truncated(offset: 2)), ("[1, 2", .truncated(offset: 5)),
        ("{\"a\": \"b", .truncated(offset: 8)), ("{\"a\": {\"b\": 1}", .truncated(offset: 14)),
        ("\"text\"", .notAContainer(offset: 0)), ("x", .notAContainer(offset: 0)),
        ("{1: 2}", .unexpectedByte(UInt8(ascii: "1"), offset: 1)),
        ("{\"a\" 2}", .unexpectedByte(UInt8(ascii: "2"), offset: 5)),
        ("{\"a\": 1 2}", .unexpectedByte(UInt8(ascii: "2"), offset: 8)),
        ("[1,]", .unexpectedByte(UInt8(ascii: "]"), offset: 3)),
        ("{\"a\": 1,}", .unexpectedByte(UInt8(ascii: "}"), offset: 8)),
        ("[[1}]", .unexpectedByte(UInt8(ascii: "}"), offset: 3)),
        ("[1}", .unexpectedByte(UInt8(ascii: "}"), offset: 2)), ("[] x", .trailingBytes(offset: 3)),
        ("{} {}", .trailingBytes(offset: 3)), ("{\"\\x\": 1}", .invalidKey(offset: 1)),
        ("{\"\\ud800\": 1}", .invalidKey(offset: 1)),
        ("[" + String(repeating: "[", count: 21), .tooDeep(offset: 21, limit: 20)),
    ]
    for (json, error) in broken {
        for size in [1, 1000] { #expect(throws: error, "\(json)") { try elements(json, pieces: size) } }
    }
}

@Test func badElementLeavesItsNeighboursReadable() throws {
    let found = try elements(#"{"a": {"x": tru}, "b": {"y": 1}}"#)
    #expect(throws: (any Error).self) { try JSONSerialization.jsonObject(with: Data(found[0].bytes)) }
    #expect(try JSONSerialization.jsonObject(with: Data(found[1].bytes)) as? [String: Int] == ["y": 1])
}

@Test func elementAboveTheLimitIsRefused() throws {
    let json = "[\"\(String(repeating: "x", count: 98))\"]"
    #expect(try elements(json, limit: 100).count == 1)
    #expect(throws: JSONElementsError.elementTooLarge(offset: 1, limit: 99)) {
        try elements(json, pieces: 10, limit: 99)
    }
}
