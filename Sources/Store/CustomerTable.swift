import GRDB
import Model

/// How many present people each customer has.
struct CustomerTable {
    private let db: Database
    private let changes: ChangeWriter

    init(_ db: Database, _ changes: ChangeWriter) {
        self.db = db
        self.changes = changes
    }

    /// Counts people who came and left. A customer that had nobody left is valid again when somebody comes.
    ///
    /// - Parameters:
    ///   - gains: by customer ID.
    ///   - slot: whose people they are.
    func apply(_ gains: [UTF8Key: Int], _ slot: Slot) throws {
        if gains.isEmpty { return }
        try Self.add(gains, db, slot)
        for customer in try goneAndBack(gains) { try revalidate(customer) }
    }

    /// Counts people who came and left.
    static func add(_ gains: [UTF8Key: Int], _ db: Database, _ slot: Slot) throws {
        let update = try RowStatement(db, "UPDATE customer SET people = people + ?, back_end = ? WHERE customer_id = ?")
        for (customer, gain) in gains where gain != 0 {
            update.bind(Int64(gain), at: 1)
            update.bind(Int64(slot.number), at: 2)
            update.bind(customer.text, at: 3)
            try update.run()
        }
    }

    /// Counts anew how many people each customer has.
    static func count(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE customer SET people = counted.people, back_end = counted.back_end FROM (
                    SELECT person_in_customer.customer_id, count(*) AS people, max(person.back_end) AS back_end
                    FROM person_in_customer JOIN person ON person.id = person_in_customer.person AND NOT person.gone
                    GROUP BY person_in_customer.customer_id) AS counted
                WHERE counted.customer_id = customer.customer_id
                """)
    }

    private func goneAndBack(_ gains: [UTF8Key: Int]) throws -> [String] {
        guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM customer WHERE gone)") == true else { return [] }
        let statement = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM customer WHERE customer_id = ? AND gone AND people > 0)")
        return try gains.keys.map(\.text).sorted().filter { try Bool.fetchOne(statement, arguments: [$0]) ?? false }
    }

    private func revalidate(_ customer: String) throws {
        try db.execute(
            sql: "UPDATE customer SET gone = 0, valid_id = 1, change_time = ? WHERE customer_id = ?",
            arguments: [changes.now, customer])
        try changes.record(.customerUpdated(id: customer, [FieldChange("valid_id", from: "2", to: "1")]))
    }
}

/// What became of customers whose last person has left.
package struct CustomerEnd: Sendable, Hashable {
    package var invalidated = 0
    package var held = 0
    /// Why some are held, if any are.
    package var heldReason: String?
}

extension Store {
    /// After all back ends: customers that nobody who is present has any more become invalid, unless they are more than the
    /// guard of the back end that had them lets pass.
    package func settleCustomers(
        _ configuration: Model.Configuration, cycle: Int64, now: Int64
    ) throws(StoreProblem) -> CustomerEnd {
        try write { db in
            let empty = try Row.fetchAll(
                db, sql: "SELECT customer_id, back_end FROM customer WHERE people = 0 AND valid_id = 1 ORDER BY customer_id")
            try db.execute(
                sql: "DELETE FROM held_customer WHERE customer_id IN (SELECT customer_id FROM customer WHERE people > 0)")
            let bySlot = Dictionary(grouping: empty, by: { ($0[1] as Int?).flatMap(Slot.init) })
            let changes = try ChangeWriter(db, cycle: cycle, backEnd: nil, now: now, form: form)
            let step = CustomerSettlement(db: db, cycle: cycle, changes: changes)
            var end = CustomerEnd()
            for (slot, rows) in bySlot.sorted(by: { ($0.key?.number ?? -1) < ($1.key?.number ?? -1) }) {
                let limit = configuration.backEnds.first { $0.slot == slot }?.removalLimit ?? .standard
                try step.settle(rows.map { $0[0] as String }, of: slot, limit, &end)
            }
            try changes.finish()
            return end
        }
    }
}

private struct CustomerSettlement {
    let db: Database
    let cycle: Int64
    let changes: ChangeWriter

    func settle(_ customers: [String], of slot: Slot?, _ limit: RemovalLimit, _ end: inout CustomerEnd) throws {
        let approved = try Set(
            String.fetchAll(db, sql: "SELECT customer_id FROM held_customer WHERE approved_at IS NOT NULL"))
        let open = customers.filter { !approved.contains($0) }
        for customer in customers where approved.contains(customer) { try invalidate(customer, &end) }
        let total = try total(of: slot) + customers.count
        guard open.count > limit.allowed(of: total) else {
            for customer in open { try invalidate(customer, &end) }
            return
        }
        let reason =
            "\(open.count) of \(total) customers have nobody left, more than the \(limit.allowed(of: total)) that RemovalLimit "
            + "allows. If that is right, approve it with 'rollcall approve'."
        end.heldReason = end.heldReason ?? reason
        end.held += open.count
        for customer in open { try hold(customer, slot, reason) }
    }

    /// How many valid customers have people, the last of whom that came or left is of this back end.
    private func total(of slot: Slot?) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM customer WHERE back_end IS ? AND people > 0 AND valid_id = 1",
            arguments: [slot?.number]) ?? 0
    }

    private func invalidate(_ customer: String, _ end: inout CustomerEnd) throws {
        try db.execute(sql: "DELETE FROM held_customer WHERE customer_id = ?", arguments: [customer])
        try db.execute(
            sql: "UPDATE customer SET gone = 1, valid_id = 2, change_time = ? WHERE customer_id = ?",
            arguments: [changes.now, customer])
        try changes.record(.customerInvalidated(id: customer))
        end.invalidated += 1
    }

    private func hold(_ customer: String, _ slot: Slot?, _ reason: String) throws {
        try db.execute(
            sql: """
                INSERT INTO held_customer (customer_id, back_end, since_cycle, reason) VALUES (?, ?, ?, ?)
                ON CONFLICT (customer_id) DO UPDATE SET reason = excluded.reason
                """, arguments: [customer, slot?.number, cycle, reason])
    }
}
