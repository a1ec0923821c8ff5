import GRDB
import Model

/// The statements on `person_grant` that a merge needs.
struct GrantTable {
    private let selection: RowStatement
    private let gifts: RowBatch<Gift>
    private let people: PersonTable
    private let deletion: RowStatement
    private let groups: [String: Int64]

    private struct Gift {
        let grant: Grant
        let group: Int64
        let person: Int64
        let sequence: Int64
    }

    init(_ db: Database, _ people: PersonTable) throws {
        self.people = people
        selection = try RowStatement(
            db,
            """
            SELECT user_group.name, person_grant.permission, person_grant.rule
            FROM person_grant JOIN user_group ON user_group.id = person_grant.group_id
            WHERE person_grant.person = ? AND person_grant.source = 'rule'
            """)
        gifts = try RowBatch(
            db, into: "person_grant", ["person", "group_id", "permission", "source", "rule", "sequence"])
        deletion = try RowStatement(
            db,
            """
            DELETE FROM person_grant
            WHERE person = ? AND group_id = ? AND permission = ? AND source = ? AND rule = ?
            """)
        groups = try Dictionary(
            Row.fetchAll(db, sql: "SELECT name, id FROM user_group").map { ($0[0] as String, $0[1] as Int64) },
            uniquingKeysWith: { first, _ in first })
    }

    /// What `person` holds by rules.
    func ruleGrants(of person: Int64) throws -> Set<Grant> {
        try insertGifts()
        selection.bind(person, at: 1)
        defer { selection.reset() }
        var grants: Set<Grant> = []
        while try selection.step() {
            grants.insert(
                Grant(
                    group: selection.text(0), permission: Permission(selection.text(1)), source: .rule,
                    rule: selection.text(2)))
        }
        return grants
    }

    /// Gives a grant and records it. A group that does not exist is passed over: the cycle has reported it.
    func give(_ grant: Grant, to person: Int64, _ reference: PersonReference, _ changes: ChangeWriter) throws {
        guard let group = groups[grant.group] else { return }
        let sequence = try changes.record(.grantAdded(.customerUser(reference), grant))
        if gifts.append(Gift(grant: grant, group: group, person: person, sequence: sequence)) { try insertGifts() }
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
