import GRDB
import Model

extension Store {
    /// Begins a cycle: its number, which back ends there are, and the groups that the configuration asks for.
    ///
    /// - Returns: the cycle's number.
    package func beginCycle(_ configuration: Model.Configuration, now: Int64) throws(StoreProblem) -> Int64 {
        try Self.translating(path) { try pool.writeWithoutTransaction(FirstFill.complete) }
        return try write { db in
            try db.execute(
                sql: """
                    INSERT INTO cycle (started, first_sequence)
                    SELECT ?, value + 1 FROM counter WHERE name = 'sequence'
                    """, arguments: [now])
            let cycle = db.lastInsertedRowID
            try Self.tell(configuration.changeLogValues, db)
            let changes = try ChangeWriter(db, cycle: cycle, backEnd: nil, now: now, form: form)
            try changes.record(.cycleStarted)
            if let stamp = configuration.stamp { try ConfigurationTable.load(db, stamp, changes) }
            try BackEndTable.reconcile(db, configuration.backEnds, changes)
            let problems = ProblemTable(db, cycle: cycle, slot: nil)
            try GroupReconciliation(db, changes, problems).run(configuration)
            try problems.forgetOthers()
            try changes.finish()
            return cycle
        }
    }

    /// Ends a cycle and notes what it came to.
    ///
    /// - Parameter sign: signs the head that the record of the end follows on.
    package func endCycle(
        _ cycle: Int64, _ summary: CycleSummary, now: Int64, sign: HeadSigning? = nil
    ) throws(StoreProblem) {
        try write { db in
            var summary = summary
            let changes = try ChangeWriter(db, cycle: cycle, backEnd: nil, now: now, form: form)
            summary.signature = try sign?(changes.head)
            try changes.record(.cycleFinished(summary))
            try changes.finish()
            try db.execute(
                sql: """
                    UPDATE cycle SET finished = ?, outcome = ?,
                        last_sequence = (SELECT value FROM counter WHERE name = 'sequence')
                    WHERE number = ?
                    """,
                arguments: [now, summary.outcome.rawValue, cycle])
        }
    }

    /// Names of the groups that are valid.
    package func validGroups() throws(StoreProblem) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT name FROM user_group WHERE valid_id = 1 ORDER BY name") }
    }

    /// Back ends that have people and are no longer configured.
    package func abandonedBackEnds() throws(StoreProblem) -> [(slot: Slot, people: Int)] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT slot, (SELECT count(*) FROM person WHERE back_end = slot AND NOT gone) AS people
                    FROM back_end WHERE NOT is_configured ORDER BY slot
                    """
            ).compactMap { row in Slot(row[0] as Int).map { ($0, row[1] as Int) } }.filter { $0.1 > 0 }
        }
    }

    /// A condition on a row of `person`: of a back end that requires groups, without any permission, and valid, or invalid for
    /// that reason alone.
    static let isUnassigned = """
        (valid_id = 1 OR lacks_group)
        AND (SELECT requires_groups FROM back_end WHERE slot = person.back_end)
        AND \(hasNoPermission)
        """

    /// A condition on a row of `person`, which says nothing of those who need no groups.
    static let hasNoPermission = """
        NOT EXISTS (
            SELECT 1 FROM always_group JOIN user_group ON user_group.id = always_group.group_id AND user_group.valid_id = 1
            WHERE always_group.kind = 'customer-user')
        AND NOT EXISTS (
            SELECT 1 FROM person_grant JOIN user_group ON user_group.id = person_grant.group_id AND user_group.valid_id = 1
                JOIN permission_type ON permission_type.name = person_grant.permission
            WHERE person_grant.person = person.id)
        AND NOT EXISTS (
            SELECT 1 FROM person_in_customer
                JOIN customer ON customer.customer_id = person_in_customer.customer_id AND customer.valid_id = 1
            WHERE person_in_customer.person = person.id AND (
                EXISTS (
                    SELECT 1 FROM always_group JOIN user_group ON user_group.id = group_id AND user_group.valid_id = 1
                    WHERE always_group.kind = 'customer')
                OR EXISTS (
                    SELECT 1 FROM customer_grant JOIN user_group ON user_group.id = group_id AND user_group.valid_id = 1
                        JOIN permission_type ON permission_type.name = customer_grant.permission
                    WHERE customer_grant.customer_id = customer.customer_id
                        AND customer_grant.context = 'Ticket::CustomerID::Same')))
        """
}
