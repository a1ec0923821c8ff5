import Model

/// The DirSync control of Active Directory (MS-ADTS section 3.1.1.3.4.1.3).
enum DirSync {
    static let oid = "1.2.840.113556.1.4.841"

    struct Flags: OptionSet {
        let rawValue: Int
        /// LDAP_DIRSYNC_OBJECT_SECURITY: only what the account may read; needs no special right.
        static let objectSecurity = Flags(rawValue: 0x1)
        /// LDAP_DIRSYNC_ANCESTORS_FIRST_ORDER
        static let ancestorsFirst = Flags(rawValue: 0x800)
    }

    /// Bytes that one answer may have; 0 would leave it to the server, which some refuse.
    private static let answerBytes = 1 << 20

    static func request(_ flags: Flags, cookie: [UInt8]) -> RequestControl {
        RequestControl(
            oid: oid, isCritical: true,
            value: BER.sequence(BER.number(flags.rawValue), BER.number(answerBytes), BER.octets(cookie)))
    }

    /// Where a reading ended: the server's cookie, and the change number that the server had given last before it. To a
    /// server that was put back to an earlier state, the cookie alone would say that nothing has changed.
    struct Mark: Equatable {
        var number: Int
        var cookie: [UInt8]

        var bytes: [UInt8] { Array("\(number) ".utf8) + cookie }

        init(number: Int, cookie: [UInt8]) {
            self.number = number
            self.cookie = cookie
        }

        /// - Returns: nil for bytes that are none.
        init?(_ bytes: [UInt8]) {
            let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty, let number = Int(String(decoding: parts[0], as: UTF8.self)) else {
                return nil
            }
            self.init(number: number, cookie: Array(parts[1]))
        }
    }

    /// What comes back with the result.
    struct Answer: Equatable {
        var hasMore: Bool
        var cookie: [UInt8]

        init(hasMore: Bool, cookie: [UInt8]) {
            self.hasMore = hasMore
            self.cookie = cookie
        }

        /// - Returns: nil for a value that is none.
        init?(_ value: [UInt8]) {
            let answer = BER.readingSequence(value) { content -> Answer? in
                guard let more = content.integer(), content.integer() != nil, let cookie = content.octets() else { return nil }
                return Answer(hasMore: more != 0, cookie: cookie)
            }
            guard let answer else { return nil }
            self = answer
        }
    }
}
