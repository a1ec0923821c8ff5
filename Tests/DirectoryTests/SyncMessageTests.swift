import Model
import Support
import Testing

@testable import Directory

/// The controls and messages of content sync and DirSync, byte by byte.
@Suite struct SyncMessageTests {
    private static let id: [UInt8] = Array(0x10...0x1F)
    private static let directoryID = DirectoryID(bits: 0x1011_1213_1415_1617_1819_1A1B_1C1D_1E1F)

    @Test(
        arguments: [
            (0, [0x02, 0x01, 0x00]), (127, [0x02, 0x01, 0x7F]), (128, [0x02, 0x02, 0x00, 0x80]), (-1, [0x02, 0x01, 0xFF]),
            (-129, [0x02, 0x02, 0xFF, 0x7F]), (1_048_576, [0x02, 0x03, 0x10, 0x00, 0x00]), (-128, [0x02, 0x01, 0x80]),
        ] as [(Int, [UInt8])])
    func `given a number, when written, then it has as few octets as two's complement needs, and reads the same`(
        _ number: Int, _ bytes: [UInt8]
    ) {
        #expect(BER.number(number) == bytes)
        #expect(BER.reading(bytes) { $0.integer() } == number)
    }

    @Test(arguments: [0, 127, 128, 255, 256, 65_536])
    func `given octets of any length, when written, then they read the same`(_ count: Int) {
        let bytes = [UInt8](repeating: 7, count: count)
        #expect(BER.reading(BER.octets(bytes)) { $0.octets() } == bytes)
    }

    @Test func `given a mode and a cookie, when a sync is asked for, then the value is that of RFC 4533 section 2.2`() {
        #expect(ContentSync.request(.refreshOnly, cookie: nil).value == [0x30, 0x03, 0x0A, 0x01, 0x01])
        #expect(
            ContentSync.request(.refreshAndPersist, cookie: [0x63]).value
                == [0x30, 0x06, 0x0A, 0x01, 0x03, 0x04, 0x01, 0x63])
        #expect(ContentSync.request(.refreshOnly, cookie: nil).isCritical)
    }

    @Test func `given a state control, when read, then kind, id and cookie are those in it`() {
        let head: [UInt8] = [0x0A, 0x01, 0x02, 0x04, 0x10] + Self.id
        #expect(ContentSync.State([0x30, 0x15] + head) == ContentSync.State(kind: .modify, id: Self.directoryID))
        #expect(
            ContentSync.State([0x30, 0x18] + head + [0x04, 0x01, 0x63])
                == ContentSync.State(kind: .modify, id: Self.directoryID, cookie: [0x63]))
        #expect(ContentSync.State([0x30, 0x03, 0x0A, 0x01, 0x09]) == nil)
        #expect(ContentSync.State([]) == nil)
    }

    @Test func `given a done control, when read, then absent members have their defaults`() {
        #expect(ContentSync.Done([0x30, 0x00]) == ContentSync.Done(cookie: nil, refreshDeletes: false))
        #expect(
            ContentSync.Done([0x30, 0x06, 0x04, 0x01, 0x63, 0x01, 0x01, 0xFF])
                == ContentSync.Done(cookie: [0x63], refreshDeletes: true))
        #expect(ContentSync.Done([0x04, 0x00]) == nil)
    }

    @Test func `given sync information, when read, then each of its four kinds is known`() {
        #expect(ContentSync.Information([0x80, 0x01, 0x63]) == .newCookie([0x63]))
        #expect(ContentSync.Information([0xA1, 0x00]) == .refreshDelete(cookie: nil, isDone: true))
        #expect(
            ContentSync.Information([0xA2, 0x06, 0x04, 0x01, 0x63, 0x01, 0x01, 0x00])
                == .refreshPresent(cookie: [0x63], isDone: false))
        let set: [UInt8] = [0x31, 0x12, 0x04, 0x10] + Self.id
        #expect(
            ContentSync.Information([0xA3, 0x17, 0x01, 0x01, 0xFF] + set)
                == .ids([Self.directoryID], cookie: nil, areDeleted: true))
        #expect(ContentSync.Information([0xA3, 0x14] + set) == .ids([Self.directoryID], cookie: nil, areDeleted: false))
        // An id that is cut short must not become somebody else's.
        #expect(ContentSync.Information([0xA3, 0x06, 0x31, 0x04, 0x04, 0x02, 0x01, 0x02]) == nil)
        #expect(ContentSync.Information([0xA9, 0x00]) == nil)
    }

    @Test func `given a DirSync, when asked and answered, then flags, cookie and rest are in their places`() {
        let value = DirSync.request([.objectSecurity, .ancestorsFirst], cookie: [0x63]).value
        #expect(value == [0x30, 0x0C, 0x02, 0x02, 0x08, 0x01, 0x02, 0x03, 0x10, 0x00, 0x00, 0x04, 0x01, 0x63])
        #expect(
            DirSync.Answer([0x30, 0x09, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x04, 0x01, 0x63])
                == DirSync.Answer(hasMore: true, cookie: [0x63]))
        #expect(DirSync.Answer([0x30, 0x03, 0x02, 0x01, 0x00]) == nil)
    }

    @Test(arguments: 0..<200)
    func `given random bytes, when read as any message, then nothing is read beyond them`(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = ContentSync.State(bytes)
            _ = ContentSync.Done(bytes)
            _ = ContentSync.Information(bytes)
            _ = DirSync.Answer(bytes)
            _ = ResponseControl(oid: "1.2.840.113556.1.4.319", value: bytes)
        }
    }
}
