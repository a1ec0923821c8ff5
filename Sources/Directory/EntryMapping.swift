import Foundation
import Model

/// How the entries of one back end become customer users, worked out once for a reading.
///
/// A class, although nothing of it changes: it is at hand for every entry, and copies of a structure of arrays would cost
/// more than the mapping itself.
final class EntryMapping: Sendable {
    /// Everything that is asked for: ids first, then what `Map` and the rules need, each once, and the time stamp.
    let attributes: AttributeList
    /// Where the time stamp is, if one is asked for.
    let stampPosition: Int?
    private let rows: [(row: Mapping.Row, position: Int)]
    private let ruleAttributes: [(name: String, position: Int)]
    private let loginPosition: Int?
    /// Where the attributes of `AccountState` are; empty where the state does not count.
    private let accountPositions: [Int]
    private let charset: SearchSettings.Charset
    /// Stands for the mapping and the rules themselves, so that changing them changes every fingerprint.
    private let seed: [UInt8]

    /// - Parameters:
    ///   - knownGroups: names of the groups that exist, since a rule's effect depends on them.
    ///   - stamp: the operational attribute that tells when an entry was changed last, if it is wanted.
    init(_ backEnd: BackEnd, knownGroups: [String], stamp: String? = nil) {
        let names = backEnd.attributes
        let position: (String) -> Int? = { name in names.firstIndex { $0.lowercased() == name.lowercased() } }
        rows = backEnd.mapping.rows.compactMap { row in position(row.attribute).map { (row, $0) } }
        let ruled = Set(backEnd.rules.ruledAttributes.map(\.key)).sorted()
        ruleAttributes = ruled.compactMap { name in position(name).map { (name, $0) } }
        accountPositions = backEnd.honoursAccountState ? AccountState.attributes.compactMap(position) : []
        loginPosition = backEnd.mapping.row(for: .login).flatMap { position($0.attribute) }
        charset = backEnd.search.charset
        attributes = AttributeList(names + [stamp].compactMap(\.self))
        stampPosition = stamp.map { _ in names.count }
        seed = Self.seed(backEnd, knownGroups)
    }

    /// A digest of whom a reading asks for and what becomes of them.
    func requestDigest(_ backEnd: BackEnd) -> UInt128 {
        let search = backEnd.search
        let lines = [
            search.baseDN, search.scope.rawValue, backEnd.peopleFilter, backEnd.validPeopleFilter ?? "", search.groupDN ?? "",
        ]
        return Digest128.of(seed + lines.joined(separator: "\n").utf8)
    }

    func login(_ page: EntryPage, _ entry: Int) -> ArraySlice<UInt8>? {
        loginPosition.flatMap { page.firstValue(entry, of: $0) }
    }

    /// Digests all that decides the person's row and rule grants. `scratch` is only there to be used again.
    func fingerprint(
        _ page: EntryPage, _ entry: Int, isValid: Bool, dnKey: UInt128?, memberships: [Membership], scratch: inout [UInt8]
    ) -> Fingerprint {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: seed)
        scratch.append(isValid ? 1 : 0)
        if let dnKey { withUnsafeBytes(of: dnKey.bigEndian) { scratch.append(contentsOf: $0) } }
        for membership in memberships {
            scratch.append(membership == .member ? 1 : membership == .unknown ? 2 : 0)
        }
        for (_, position) in rows { Self.append(page.firstValue(entry, of: position), to: &scratch) }
        for position in accountPositions { Self.append(page.firstValue(entry, of: position), to: &scratch) }
        for (_, position) in ruleAttributes {
            page.forEachValue(entry, of: position) { Self.append($0, to: &scratch) }
            Self.append(nil, to: &scratch)
        }
        return Fingerprint(bits: Digest128.of(scratch))
    }

    /// Nil where it does not count.
    func account(_ page: EntryPage, _ entry: Int) -> AccountState? {
        guard !accountPositions.isEmpty else { return nil }
        return AccountState(
            accountPositions.map { page.firstValue(entry, of: $0).map { String(decoding: $0, as: UTF8.self) } })
    }

    /// Length and bytes, so that no two lists of values look alike; an absent value has a length that none has.
    private static func append(_ value: ArraySlice<UInt8>?, to scratch: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: value?.count ?? -1).littleEndian) { scratch.append(contentsOf: $0) }
        if let value { scratch.append(contentsOf: value) }
    }

    /// The whole person.
    func person(
        _ page: EntryPage, _ entry: Int, isValid: Bool, memberships: [Membership]
    ) throws(Problem) -> MappedPerson {
        var user = CustomerUser(isValid: isValid)
        user.account = account(page, entry)
        for (row, position) in rows {
            let value = page.firstValue(entry, of: position).map(text) ?? ""
            if row.isRequired, value.isEmpty { user.missing.append(row.target.variable) }
            switch row.target {
            case .field(let field):
                if Field.essential.contains(field) { try check(value, row.attribute, field, page, entry) }
                user[field] = value
            case .extra(let name):
                if !value.isEmpty { user.extra[name] = value }
            }
        }
        var facts = RuleFacts(memberships: memberships)
        for (name, position) in ruleAttributes {
            var values: [String] = []
            page.forEachValue(entry, of: position) { values.append(text($0)) }
            if !values.isEmpty { facts.values[name] = values }
        }
        return MappedPerson(customerUser: user, facts: facts)
    }

    /// Bytes that a login, an e-mail address or a customer ID may have at most.
    private static let essentialLimit = 1024

    private func check(
        _ value: String, _ attribute: String, _ field: Field, _ page: EntryPage, _ entry: Int
    ) throws(Problem) {
        if value.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            throw .missingAttribute(dn: Self.text(page.dn(entry)), attribute: attribute, field: field)
        }
        let reason: String? =
            if value.utf8.count > Self.essentialLimit {
                "is longer than \(Self.essentialLimit) bytes"
            } else if value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
                nil
            } else if value.unicodeScalars.contains("\u{FFFD}") {
                "is not valid text in the directory's character set"
            } else if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                "has control characters"
            } else {
                nil
            }
        if let reason {
            throw .unusableValue(dn: Self.text(page.dn(entry)), attribute: attribute, field: field, reason: reason)
        }
    }

    private static func text(_ dn: ArraySlice<UInt8>) -> String { String(decoding: dn, as: UTF8.self) }

    /// Proper text: what is no character becomes U+FFFD, and so does NUL, which no ticket system's database takes.
    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        let text =
            switch charset {
            case .utf8: String(decoding: bytes, as: UTF8.self)
            case .latin1: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
            }
        return bytes.contains(0) ? text.replacingOccurrences(of: "\0", with: "\u{FFFD}") : text
    }

    private static func seed(_ backEnd: BackEnd, _ knownGroups: [String]) -> [UInt8] {
        let rules = backEnd.rules
        let gifts: ([GroupRules.Gift]) -> String = { gifts in
            gifts.map { "\($0.group)=\($0.permissions.map(\.name).sorted())" }.joined(separator: ",")
        }
        let lines =
            ["rollcall fingerprint 1", "\(backEnd.search.charset)", "\(backEnd.honoursAccountState)"]
            + (backEnd.decidingGroups.isEmpty ? [] : ["by name"])
            + backEnd.mapping.rows.map { "\($0.target.variable) \($0.attribute.lowercased()) \($0.isRequired)" }
            + rules.byLDAPGroup.map { "\($0.name) \(gifts($0.gifts))" }
            + rules.byAttribute.map { "\($0.name) \(gifts($0.gifts))" }
            + rules.forCustomers.filter { $0.attribute != nil }.map(\.name)
            + knownGroups.sorted()
        let digest = Digest128.of(Array(lines.joined(separator: "\n").utf8))
        return withUnsafeBytes(of: digest.bigEndian) { Array($0) }
    }
}
