import Foundation
import Model
import Support
import Testing

@testable import Directory

/// Immutable ids in the three forms of the servers, and elements of Wire.
@Suite struct IdentityTests {
    private static let text = "00112233-4455-6677-8899-aabbccddeeff"
    private static let id = DirectoryID(bits: 0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF)
    /// As Active Directory stores it: the first three groups turned round.
    private static let guid: [UInt8] = [
        0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
    ]

    @Test func `given the value of each kind, when read, then it is the same id and its filter finds it`() {
        let values: [(IdentityAttribute, [UInt8], String)] = [
            (.entryUUID, Array(Self.text.utf8), "(entryUUID=00112233-4455-6677-8899-aabbccddeeff)"),
            (
                .nsUniqueID, Array("00112233-44556677-8899AABB-CCDDEEFF".utf8),
                "(nsUniqueId=00112233-44556677-8899aabb-ccddeeff)"
            ),
            (.objectGUID, Self.guid, #"(objectGUID=\33\22\11\00\55\44\77\66\88\99\aa\bb\cc\dd\ee\ff)"#),
        ]
        for (attribute, value, filter) in values {
            #expect(attribute.id(value[...]) == Self.id)
            #expect(attribute.filter(for: Self.id) == filter)
            // A slice of a longer block, as pages hold it.
            #expect(attribute.id(([1, 2, 3] + value + [4])[3..<(3 + value.count)]) == Self.id)
        }
        #expect(IdentityAttribute.allCases.map(\.name) == ["entryUUID", "objectGUID", "nsUniqueId"])
    }

    @Test(arguments: [
        "", "0011", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeeff0",
        "zz112233445566778899aabbccddeeff",
    ])
    func `given a value that is no id, when read, then there is none`(_ text: String) {
        for attribute in IdentityAttribute.allCases { #expect(attribute.id(Array(text.utf8)[...]) == nil) }
    }

    @Test(arguments: [5] as [UInt64])
    func `given a set of random ids, when asked, then exactly they are in it`(_ seed: UInt64) {
        var random = Seeded(seed)
        for count in [0, 1, 2, 3, 100] {
            let ids = (0..<count).map { _ in DirectoryID(bits: UInt128.random(in: 0...1000, using: &random)) }
            let set = IDSet(ids)
            let members = Set(ids)
            for bits in 0...1001 as ClosedRange<UInt128> {
                #expect(
                    set.contains(DirectoryID(bits: bits)) == members.contains(DirectoryID(bits: bits)), "seed \(seed), \(bits)")
            }
        }
    }

    // MARK: BER

    private static func elements(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.withUnsafeBytes { buffer in
            var content = BERContent(buffer)
            var all: [[UInt8]] = []
            while let next = content.next() { all.append(Array(next)) }
            return all
        }
    }

    @Test(arguments: [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000])
    func `given an element of any length, when read, then its content and the next one are there`(_ count: Int) {
        let content = [UInt8](repeating: 0x55, count: count)
        #expect(Self.elements(Wire.element(0x04, content) + Wire.element(0x04, [7])) == [content, [7]])
    }

    @Test func `given a length that is longer than need be, when read, then it counts all the same`() {
        #expect(Self.elements([0x04, 0x84, 0, 0, 0, 2, 8, 9, 0x04, 0x81, 1, 7]) == [[8, 9], [7]])
    }

    @Test(
        arguments: [
            [0x04], [0x04, 1], [0x04, 0x80, 0], [0x04, 0x81], [0x04, 0x82, 1], [0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x04, 0x85, 0, 0, 0, 0, 1, 9], [0x04, 0xFF, 1], [0x04, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 1],
        ] as [[UInt8]])
    func `given bytes that are cut off or no BER, when read, then there is no element`(_ bytes: [UInt8]) {
        #expect(Self.elements(bytes) == [])
    }

    @Test(arguments: [6, 20_261_122] as [UInt64])
    func `given random bytes, when read, then nothing crashes and no element is longer than the input`(_ seed: UInt64) {
        var random = Seeded(seed)
        for round in 0..<4000 {
            var bytes = Wire.element(
                0x30, Wire.element(0x04, Array("mail".utf8)) + Wire.element(0x31, Wire.element(0x04, [1, 2])))
            for _ in 0..<random.number(1..<5) { bytes[random.number(0..<bytes.count)] = UInt8(random.number(0..<256)) }
            bytes = Array(bytes.prefix(random.number(0..<bytes.count + 1)))
            let all = Self.elements(bytes)
            #expect(all.reduce(0) { $0 + $1.count + 2 } <= bytes.count, "seed \(seed), round \(round): \(bytes)")
        }
    }
}

/// Makes BER elements (X.690 section 8.1).
enum Wire {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        if content.count < 0x80 { return [tag, UInt8(content.count)] + content }
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }

    static func text(_ text: String) -> [UInt8] { element(0x04, Array(text.utf8)) }

    /// A search result entry as message 1 (RFC 4511 section 4.5.2).
    static func entry(_ dn: String, _ attributes: [(String, [[UInt8]])]) -> [UInt8] {
        let list = attributes.flatMap { name, values in
            element(0x30, text(name) + element(0x31, values.flatMap { element(0x04, $0) }))
        }
        return element(0x30, element(0x02, [1]) + element(0x64, text(dn) + element(0x30, list)))
    }

    /// The end of a search, as message 1.
    static let done = element(0x30, element(0x02, [1]) + element(0x65, element(0x0A, [0]) + text("") + text("")))
}
