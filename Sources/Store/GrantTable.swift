import GRDB
import Model

/// The statements on `person_grant` that a merge needs.
///
/// A class because it is passed about for every person.
final class GrantTable {
    private let selection: RowStatement
    private let gifts: RowBatch<Gift>
    private let people: PersonTable
    private let deletion: RowStatement
    private let deletionOfAll: RowStatement
    private let groups: [String: Int64]
    private var known: KnownGrants

    private struct Gift {
        let grant: Grant
        let group: Int64
        let person: Int64
        let sequence: Int64
    }

    init(_ db: Database, _ people: PersonTable) throws {
        self.people = people
        selection = try RowStatement(
            db, "SELECT group_id, permission, rule FROM person_grant WHERE person = ? AND source = 'rule'")
        gifts = try RowBatch(
            db, into: "person_grant", ["person", "group_id", "permission", "source", "rule", "sequence"])
        deletion = try RowStatement(
            db,
            """
            DELETE FROM person_grant
            WHERE person = ? AND group_id = ? AND permission = ? AND source = ? AND rule = ?
            """)
        deletionOfAll = try RowStatement(db, "DELETE FROM person_grant WHERE person = ? AND source = 'rule'")
        let rows = try Row.fetchAll(db, sql: "SELECT name, id FROM user_group").map { ($0[0] as String, $0[1] as Int64) }
        groups = Dictionary(rows, uniquingKeysWith: { first, _ in first })
        known = KnownGrants(groups: Dictionary(uniqueKeysWithValues: rows.map { ($1, $0) }))
    }

    /// What `person` holds by rules, and in how many rows: for Swift, two names that only look alike are the same.
    func ruleGrants(of person: Int64) throws -> (grants: Set<Grant>, rowCount: Int) {
        try insertGifts()
        selection.bind(person, at: 1)
        defer { selection.reset() }
        var grants: Set<Grant> = []
        var rowCount = 0
        while try selection.step() {
            rowCount += 1
            if let grant = known.grant(selection) { grants.insert(grant) }
        }
        return (grants, rowCount)
    }

    /// Gives grants and records them. A group that does not exist is passed over: the cycle has reported it.
    ///
    /// - Returns: how many were given.
    func give(
        _ grants: [Grant], to person: Int64, _ reference: PersonReference, _ changes: ChangeWriter
    ) throws -> Int {
        if grants.isEmpty { return 0 }
        let recipient = try changes.recipient(reference, .added)
        var count = 0
        for grant in grants {
            guard let group = groups[grant.group] else { continue }
            count += 1
            let sequence = try changes.record(grant, recipient)
            if gifts.append(Gift(grant: grant, group: group, person: person, sequence: sequence)) { try insertGifts() }
        }
        return count
    }

    /// Inserts the grants that wait, and before them the people who have them.
    func insertGifts() throws {
        try people.insertNewcomers()
        try gifts.insert { gift, statement, index in
            bind(gift.grant, gift.group, gift.person, to: statement, from: index)
            statement.bind(gift.sequence, at: index + 5)
        }
    }

    /// - Parameter actor: who said that it is right, if somebody had to.
    func take(
        _ grant: Grant, from person: Int64, _ reference: PersonReference, _ changes: ChangeWriter, by actor: String? = nil
    ) throws {
        guard let group = groups[grant.group] else { return }
        try insertGifts()
        try changes.record(.grantRemoved(.customerUser(reference), grant), by: actor)
        bind(grant, group, person, to: deletion, from: 1)
        try deletion.run()
    }

    /// Takes all that the person holds by rules: one statement for several rows.
    ///
    /// - Parameter held: what that is, in the order in which it is to be recorded.
    func takeRuleGrants(
        _ held: [Grant], from person: Int64, _ reference: PersonReference, _ changes: ChangeWriter
    ) throws {
        try insertGifts()
        let recipient = try changes.recipient(reference, .removed)
        for grant in held { try changes.record(grant, recipient) }
        deletionOfAll.bind(person, at: 1)
        try deletionOfAll.run()
    }

    private func bind(_ grant: Grant, _ group: Int64, _ person: Int64, to statement: RowStatement, from first: Int32) {
        statement.bind(person, at: first)
        statement.bind(group, at: first + 1)
        statement.bind(grant.permission.name, at: first + 2)
        statement.bind(grant.source.rawValue, at: first + 3)
        statement.bind(grant.rule, at: first + 4)
    }
}

extension Grant {
    /// The order in which grants of one person are recorded.
    static func inOrder(_ left: Grant, _ right: Grant) -> Bool {
        (left.group, left.permission.name, left.rule) < (right.group, right.permission.name, right.rule)
    }
}
