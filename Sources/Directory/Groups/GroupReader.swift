import CLDAP
import Model

/// Reads single LDAP groups.
struct GroupReader {
    let session: Session
    let stamp: GroupStamp
    private let attributes: AttributeList

    /// What one group itself shows.
    struct Group {
        var dns: [UInt128] = []
        var logins: [String] = []
        /// Nil when it says nothing.
        var stamp: String?
    }

    /// Why a group cannot be read.
    struct Unreadable: Error {
        let reason: String
    }

    /// - Parameter now: microseconds since 1970 (UTC).
    init(over session: Session, now: Int64) {
        self.session = session
        stamp = GroupStamp(session.root, now: now)
        attributes = AttributeList(GroupRules.memberAttributes + stamp.attributes)
    }

    /// Asks for the members of one group.
    func request(_ dn: String) -> SearchRequest { SearchRequest(entry: dn, asking: attributes) }

    /// Asks for its stamp alone.
    func stampRequest(_ dn: String) -> SearchRequest { SearchRequest(entry: dn, asking: AttributeList(stamp.attributes)) }

    /// - Parameter answer: to `stampRequest`.
    func stamp(in answer: Flight.Answer) -> String? { answer.entry.flatMap { stamp.value(of: 0, in: $0, at: 0) } }

    func read(_ dn: String) throws(DirectoryProblem) -> Result<Group, Unreadable> {
        let answer: Flight.Answer
        do {
            answer = .success(try session.connection.read(request(dn), root: session.root))
        } catch {
            answer = .failure(error)
        }
        return try group(answer, dn)
    }

    /// - Parameter answer: to `request`.
    func group(_ answer: Flight.Answer, _ dn: String) throws(DirectoryProblem) -> Result<Group, Unreadable> {
        do {
            let whole = try session.connection.finish(try answer.get(), dn, asking: attributes, root: session.root)
            if let reason = whole.coverage.shortfall { return .failure(Unreadable(reason: reason)) }
            guard whole.page.count > 0 else { return .failure(Unreadable(reason: "the server shows no such entry")) }
            return .success(group(whole.page))
        } catch {
            guard error.kind == .refused else { throw error }
            return .failure(Unreadable(reason: error.reason))
        }
    }

    private func group(_ page: EntryPage) -> Group {
        var group = Group()
        let add = { (value: ArraySlice<UInt8>) in
            if let dn = DistinguishedName.canonical(value) { group.dns.append(Digest128.of(dn)) }
        }
        page.forEachValue(0, of: 0, add)
        page.forEachValue(0, of: 1) { add(Self.withoutUniqueID($0)) }
        page.forEachValue(0, of: 2) { group.logins.append(String(decoding: $0, as: UTF8.self)) }
        group.stamp = stamp.value(of: 0, in: page, at: GroupRules.memberAttributes.count)
        return group
    }

    /// Name and optional UID (RFC 4517 section 3.3.21): the DN before a trailing `#'0101'B`.
    private static func withoutUniqueID(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard value.suffix(2).elementsEqual("'B".utf8), let mark = value.lastIndex(of: UInt8(ascii: "#")) else { return value }
        return value[..<mark]
    }
}
