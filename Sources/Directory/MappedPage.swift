import CLDAP
import Model

/// Some entries of a reading, with their headers worked out, ready to be merged.
package struct MappedPage: MappedBatch {
    package private(set) var headers: [EntryHeader] = []
    package private(set) var problems: [Problem] = []
    package private(set) var present: [DirectoryID] = []
    package private(set) var departures: [Departure] = []
    package var isInOrder = false
    /// Ids that have changed and have to be looked at again.
    var touched: [DirectoryID] = []
    /// Names of entries with more values than the server sends at once: they have to be read by themselves.
    private(set) var unfinished: [String] = []
    /// All entries that the server sent, also those without a header.
    private var page = EntryPage()
    /// The entry of each header.
    private var positions: [Int] = []
    private var scratch: [UInt8] = []
    /// The people of all headers, when they were asked for beforehand.
    private var prepared: [Result<MappedPerson, Problem>] = []
    private let mapping: EntryMapping
    private let surroundings: Surroundings
    /// What that made of them, and where that of each ends.
    private var additions: [UInt8] = []
    private var additionEnds: [Int] = []
    private let encodeAddition: AdditionEncoder?
    /// The attribute that had the ids, once one was seen.
    private(set) var identityAttribute: IdentityAttribute?
    /// Where time stamps are asked for.
    private(set) var lastChange: LastChange

    /// - Parameter encodeAddition: given when nearly every entry is going to be new: works people out as entries come, and
    ///   what is recorded of them, on the thread that reads.
    init(mapping: EntryMapping, surroundings: Surroundings, encodeAddition: AdditionEncoder? = nil) {
        self.mapping = mapping
        self.surroundings = surroundings
        self.encodeAddition = encodeAddition
        lastChange = LastChange(before: surroundings.now)
    }

    var isFull: Bool { page.isFull || present.count + departures.count + touched.count >= Self.fullCount }
    var isEmpty: Bool {
        page.count == 0 && present.isEmpty && departures.isEmpty && touched.isEmpty && unfinished.isEmpty
    }

    /// Ids of all kinds that make a page full without entries.
    private static let fullCount = 20_000

    /// Entries that the server sent, with and without a header.
    var entryCount: Int { page.count }

    /// Notes which of the attributes that were asked for some entry shows.
    func noteShown(in shown: inout [Bool]) { page.noteShown(in: &shown) }

    mutating func removeAll() {
        headers.removeAll(keepingCapacity: true)
        problems.removeAll()
        present.removeAll(keepingCapacity: true)
        departures.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
        unfinished.removeAll()
        positions.removeAll(keepingCapacity: true)
        prepared.removeAll(keepingCapacity: true)
        additions.removeAll(keepingCapacity: true)
        additionEnds.removeAll(keepingCapacity: true)
        page.removeAll()
    }

    /// - Returns: libldap's code.
    mutating func append(_ message: EntryMessage) -> Int32 {
        let code = page.append(message, asking: mapping.attributes)
        guard code == LDAP_SUCCESS else { return code }
        guard page.openRanges.isEmpty else {
            unfinished.append(String(decoding: page.dn(page.count - 1), as: UTF8.self))
            page.removeLast()
            return code
        }
        addHeader(of: page.count - 1)
        return code
    }

    /// Takes a whole entry.
    mutating func append(whole entry: EntryPage) {
        page = entry
        for index in 0..<page.count { addHeader(of: index) }
    }

    /// These are there, and as they were.
    mutating func notePresent(_ ids: some Sequence<DirectoryID>) { present.append(contentsOf: ids) }

    /// These are no longer among the people.
    mutating func noteDepartures(_ ids: some Sequence<DirectoryID>, _ kind: Evidence.Kind) {
        departures.append(contentsOf: ids.lazy.map { Departure(id: $0, kind: kind) })
    }

    private mutating func addHeader(of entry: Int) {
        noteStamp(of: entry)
        guard isListed(entry) else { return }
        guard let identity = IdentityAttribute.identity(of: entry, in: page, preferring: surroundings.identity) else {
            problems.append(.noImmutableID(dn: String(decoding: page.dn(entry), as: UTF8.self)))
            return
        }
        identityAttribute = identity.attribute
        let dnKey = dnKey(entry)
        let fingerprint = mapping.fingerprint(
            page, entry, isValid: isValid(entry, identity.id), dnKey: dnKey, memberships: memberships(entry, dnKey),
            scratch: &scratch)
        headers.append(EntryHeader(id: identity.id, fingerprint: fingerprint, dnKey: dnKey))
        positions.append(entry)
        if let encodeAddition { prepare(identity.id, encodeAddition) }
    }

    private mutating func prepare(_ id: DirectoryID, _ encodeAddition: AdditionEncoder) {
        do throws(Problem) {
            let person = try mapPerson(at: headers.count - 1)
            encodeAddition(id, person.customerUser, &additions)
            prepared.append(.success(person))
        } catch {
            prepared.append(.failure(error))
        }
        additionEnds.append(additions.count)
    }

    private mutating func noteStamp(of entry: Int) {
        guard let stamp = mapping.stampPosition.flatMap({ page.firstValue(entry, of: $0) }) else { return }
        if let id = IdentityAttribute.identity(of: entry, in: page, preferring: surroundings.identity)?.id {
            lastChange.note(stamp, of: id)
        }
    }

    package func dn(at index: Int) -> String { String(decoding: page.dn(positions[index]), as: UTF8.self) }

    package func person(at index: Int) throws(Problem) -> MappedPerson {
        encodeAddition == nil ? try mapPerson(at: index) : try prepared[index].get()
    }

    package func addition(at index: Int) -> ArraySlice<UInt8>? {
        encodeAddition == nil ? nil : additions[(index == 0 ? 0 : additionEnds[index - 1])..<additionEnds[index]]
    }

    private func mapPerson(at index: Int) throws(Problem) -> MappedPerson {
        let entry = positions[index]
        return try mapping.person(
            page, entry, isValid: isValid(entry, headers[index].id), memberships: memberships(entry, headers[index].dnKey))
    }

    private func isListed(_ entry: Int) -> Bool {
        guard let listed = surroundings.listedLogins else { return true }
        return mapping.login(page, entry).map { listed.contains(Digest128.of(Array($0))) } ?? false
    }

    private func isValid(_ entry: Int, _ id: DirectoryID) -> Bool {
        guard surroundings.valid?.contains(id) != false else { return false }
        return mapping.account(page, entry)?.isUsable(at: surroundings.now) ?? true
    }

    /// Nil where no LDAP group decides about grants.
    private func dnKey(_ entry: Int) -> UInt128? {
        surroundings.memberships.isEmpty ? nil : DistinguishedName.canonical(page.dn(entry)).map(Digest128.of)
    }

    private func memberships(_ entry: Int, _ dnKey: UInt128?) -> [Membership] {
        surroundings.memberships.isEmpty ? [] : surroundings.memberships.of(dnKey: dnKey, login: mapping.login(page, entry))
    }
}
