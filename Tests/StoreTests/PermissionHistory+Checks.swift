import ChangeLog
import GRDB
import Model
import Support
import Testing

@testable import Store

/// What the product says, against the plain loops.
extension PermissionHistory {
    func check() throws {
        try checkViews()
        try checkPictures()
        try checkMembers()
        try checkUnassigned()
        for (relation, held) in now.relations where held.contains("rw|manual|") {
            #expect(held.count { $0.hasSuffix("|manual|") } == 1, "\(place): rw is stored alone, not in \(relation)")
        }
    }

    private func query(_ sql: String) throws -> [String] {
        try mirror.store.pool.read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0).map(String.init) ?? "" }
                    .joined(separator: "|")
            }
        }.sorted()
    }

    private func checkViews() throws {
        let state = now
        #expect(
            try query("SELECT login, group_name, permission_key, via FROM effective_permission") == state.effective, "\(place)")
        let shown = state.people.values.filter { state.holder(of: $0.login)?.id == $0.id }
        #expect(
            try query("SELECT login, customer_id, valid_id FROM customer_user")
                == shown.map { "\($0.login)|\($0.customerID)|\($0.isValid ? 1 : 2)" }.sorted(), "\(place)")
        let direct = shown.flatMap { person in
            (state.grants[person.id] ?? []).map { "\(person.login)|\($0.group)|\($0.permission)|1" }
        }
        #expect(try query("SELECT * FROM group_customer_user") == Set(direct).sorted(), "\(place)")
        let customers = state.customerGrants.flatMap { id, held in
            held.map { "\(id)|\($0.group)|\($0.permission)|1|\($0.context ?? "")" }
        }
        #expect(try query("SELECT * FROM group_customer") == Set(customers).sorted(), "\(place)")
    }

    /// The ways of a picture, in the words of `NaivePermissions.ways`.
    static func ways(_ permissions: EffectivePermissions) -> [String] {
        permissions.paths.flatMap { group, types in
            types.flatMap { type, paths in
                paths.map { path in
                    let held =
                        switch path {
                        case .grant(let grant, let since), .customer(_, let grant, let since):
                            "\(grant.permission)|\(grant.rule)|\(since)"
                        case .always(let since), .customerAlways(_, let since): "\(since)"
                        case .unrestricted: ""
                        }
                    return "\(group)|\(type)|\(path.via)|\(held)"
                }
            }
        }.sorted()
    }

    private func checkPictures() throws {
        let state = now
        for person in state.people.values {
            let picture = try mirror.store.pool.read { try PictureReader(db: $0).picture(of: person.id) }
            let permissions = EffectivePermissions(picture)
            #expect(Self.ways(permissions) == state.ways(of: person), "\(place): \(person.login)")
            guard state.holder(of: person.login)?.id == person.id else { continue }
            let explanation = try mirror.store.explain(person.login)
            #expect(explanation?.permissions == permissions, "\(place): \(person.login)")
            #expect(explanation?.context.isGone == person.isGone, "\(place): \(person.login)")
        }
    }

    private func checkMembers() throws {
        let state = now
        for group in state.groups.values {
            var found: [String] = []
            var last: String?
            let limit = random.number(1..<4)
            while let page = try mirror.store.members(of: group.name, after: last, limit: limit), let end = page.last {
                #expect(page.count <= limit, "\(place)")
                found += page.flatMap { member in
                    member.permissions.flatMap { item in
                        item.via.map { "\(member.login)|\(group.name)|\(item.permission)|\($0)" }
                    }
                }
                last = end.login
            }
            let expected = state.effective.filter { $0.split(separator: "|")[1] == group.name }
            #expect(Set(found).sorted() == expected, "\(place): members of \(group.name)")
        }
        #expect(try mirror.store.members(of: "none", after: nil, limit: 1) == nil)
    }

    private func checkUnassigned() throws {
        var logins: [String] = []
        try mirror.store.forEachPerson(.unassigned) { logins.append($0.login) }
        #expect(logins.sorted() == now.unassigned, "\(place)")
        let counted = try mirror.store.status().backEnds.map(\.unassigned).reduce(0, +)
        #expect(counted == logins.count, "\(place)")
    }

    // MARK: Provenance

    /// Each grant that is there is there since the last record that gave it.
    func checkProvenance() throws {
        let state = now
        var records: [Int64: Change] = [:]
        for stored in try mirror.store.knownRecords(after: 0, bytes: .max) {
            let record = try Record.form.decode(stored.known ?? stored.line)
            #expect(try Record.form.decode(Record.form(record)) == record, "\(place)")
            records[record.sequence] = record.change
        }
        #expect(records.keys.sorted() == Array(1...max(1, state.sequence)), "\(place): numbers without gaps")
        for (person, held) in state.grants {
            for one in held {
                guard case .grantAdded(.customerUser, let grant)? = records[one.since] else {
                    Issue.record("\(place): person \(person), \(one) names no record that gave it")
                    continue
                }
                #expect("\(grant.permission) \(grant.source) \(grant.rule)" == "\(one.permission) \(one.source) \(one.rule)")
            }
        }
        for (customer, held) in state.customerGrants {
            for one in held {
                guard case .grantAdded(.customer(customer, let context), let grant)? = records[one.since] else {
                    Issue.record("\(place): customer \(customer), \(one) names no record that gave it")
                    continue
                }
                #expect("\(grant.permission) \(context.rawValue)" == "\(one.permission) \(one.context ?? "")", "\(place)")
            }
        }
    }
}
