import Model

/// The messages of content synchronisation (RFC 4533 section 2) as values.
enum ContentSync {
    static let requestOID = "1.3.6.1.4.1.4203.1.9.1.1"
    static let stateOID = "1.3.6.1.4.1.4203.1.9.1.2"
    static let doneOID = "1.3.6.1.4.1.4203.1.9.1.3"
    static let informationOID = "1.3.6.1.4.1.4203.1.9.1.4"
    /// e-syncRefreshRequired (section 2.6): the cookie is of no use any more.
    static let refreshRequired: Int32 = 4096

    enum Mode: Int {
        case refreshOnly = 1
        case refreshAndPersist = 3
    }

    /// Section 2.2. Critical: a server that does not know it would send everything without a cookie.
    static func request(_ mode: Mode, cookie: [UInt8]?) -> RequestControl {
        RequestControl(
            oid: requestOID, isCritical: true,
            value: BER.sequence(BER.number(mode.rawValue, BER.enumerated), cookie.map(BER.octets) ?? []))
    }

    /// The latest change that `cookie` has seen, if it is one of slapd's, such as
    /// `rid=000,csn=20260101120000.000000Z#000000#000#000000`.
    static func latestChange(in cookie: [UInt8]) -> String? {
        let parts = String(decoding: cookie, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
        guard let list = parts.first(where: { $0.hasPrefix("csn=") })?.dropFirst("csn=".count) else { return nil }
        let changes = list.split(separator: ";", omittingEmptySubsequences: false)
        return changes.allSatisfy(isChangeSequenceNumber) ? changes.max().map(String.init) : nil
    }

    /// The digits of the last change that `cookie` has seen, if it is one of 389 Directory Server's, such as
    /// `HOST:PORT#BINDDN:BASE:FILTER#CHANGE`. To some others that server does not answer.
    static func changeNumber(in cookie: [UInt8]) -> Substring? {
        guard cookie.allSatisfy({ $0 >= UInt8(ascii: " ") }) else { return nil }
        let parts = String(decoding: cookie, as: UTF8.self).split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count >= 3, let digits = parts.last, !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            return nil
        }
        return digits
    }

    /// A time with microseconds, a count, a server, and another count.
    private static func isChangeSequenceNumber(_ text: Substring) -> Bool {
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [22, 6, 3, 6] && parts[0].last == "Z"
            && GeneralizedTime.earlier(String(parts[0]), bySeconds: 0) != nil
            && parts[1...].allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    /// What an entry's state control says of it (section 2.3).
    struct State: Equatable {
        enum Kind: Int {
            case present, add, modify, delete
        }

        var kind: Kind
        var id: DirectoryID
        var cookie: [UInt8]?

        init(kind: Kind, id: DirectoryID, cookie: [UInt8]? = nil) {
            self.kind = kind
            self.id = id
            self.cookie = cookie
        }

        /// - Returns: nil for a value that is none.
        init?(_ value: [UInt8]) {
            let state = BER.readingSequence(value) { content -> State? in
                guard let kind = content.integer(BER.enumerated).flatMap(Kind.init(rawValue:)),
                    let id = content.next(BER.octetString).flatMap(DirectoryID.init(octets:))
                else { return nil }
                return State(kind: kind, id: id, cookie: content.octets())
            }
            guard let state else { return nil }
            self = state
        }
    }

    /// What the done control says at the end of a refresh (section 2.4).
    struct Done: Equatable {
        var cookie: [UInt8]?
        /// What is gone has been named; otherwise what is present has.
        var refreshDeletes: Bool

        init(cookie: [UInt8]?, refreshDeletes: Bool) {
            self.cookie = cookie
            self.refreshDeletes = refreshDeletes
        }

        init?(_ value: [UInt8]) {
            let done = BER.readingSequence(value) { content in
                Done(cookie: content.octets(), refreshDeletes: content.boolean(default: false))
            }
            guard let done else { return nil }
            self = done
        }
    }

    /// What comes between the entries (section 2.5).
    enum Information: Equatable {
        case newCookie([UInt8])
        case refreshDelete(cookie: [UInt8]?, isDone: Bool)
        case refreshPresent(cookie: [UInt8]?, isDone: Bool)
        case ids([DirectoryID], cookie: [UInt8]?, areDeleted: Bool)

        init?(_ value: [UInt8]) {
            let information = BER.reading(value) { content -> Information? in
                switch content.nextTag {
                case 0x80: return content.octets(0x80).map(Information.newCookie)
                case 0xA1: return Self.refresh(&content, Information.refreshDelete)
                case 0xA2: return Self.refresh(&content, Information.refreshPresent)
                case 0xA3: return Self.idSet(&content)
                default: return nil
                }
            }
            guard let information else { return nil }
            self = information
        }

        private static func refresh(
            _ content: inout BERContent, _ make: ([UInt8]?, Bool) -> Information
        ) -> Information? {
            guard let inner = content.next() else { return nil }
            var content = BERContent(inner)
            let cookie = content.octets()
            return make(cookie, content.boolean(default: true))
        }

        private static func idSet(_ content: inout BERContent) -> Information? {
            guard let inner = content.next() else { return nil }
            var content = BERContent(inner)
            let cookie = content.octets()
            let areDeleted = content.boolean(default: false)
            guard let set = content.next(BER.set) else { return nil }
            var elements = BERContent(set)
            var ids: [DirectoryID] = []
            while let octets = elements.next(BER.octetString) {
                guard let id = DirectoryID(octets: octets) else { return nil }
                ids.append(id)
            }
            return elements.isAtEnd ? .ids(ids, cookie: cookie, areDeleted: areDeleted) : nil
        }
    }
}

extension DirectoryID {
    /// From 16 octets in the order of the text form.
    init?(octets: UnsafeRawBufferPointer) {
        guard octets.count == 16 else { return nil }
        self.init(bits: octets.reduce(0) { $0 << 8 | UInt128($1) })
    }
}
