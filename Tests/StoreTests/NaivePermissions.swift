import GRDB
import Model

@testable import Store

/// The tables of a store as they are, and what follows from them by the definitions in words: loops over everything, and
/// nothing of the product but its tables.
struct NaivePermissions {
    struct Person {
        var id: Int64
        var slot: Int
        var directoryID: String
        var login: String
        var customerID: String
        var isGone: Bool
        var isValid: Bool
        /// Invalid for want of a group alone.
        var lacksGroup: Bool
        var customers: [String]
    }

    struct Held {
        var group: Int64
        var permission: String
        var source: String
        var rule: String
        var since: Int64
        /// Nil for a person's.
        var context: String?
    }

    var sequence: Int64
    var people: [Int64: Person] = [:]
    var isCustomerValid: [String: Bool] = [:]
    var groups: [Int64: (name: String, isValid: Bool)] = [:]
    var types: [String]
    var contexts: String
    var always: [(kind: String, group: Int64, since: Int64)] = []
    var grants: [Int64: [Held]] = [:]
    var customerGrants: [String: [Held]] = [:]
    var requiresGroups: [Int: Bool] = [:]
    /// Relation and permission.
    var withheld: [(relation: String, permission: String)] = []

    init(_ mirror: Mirror) throws { self = try mirror.store.pool.read { try Self($0) } }

    private init(_ db: Database) throws {
        sequence = try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'sequence'") ?? 0
        types = try String.fetchAll(db, sql: "SELECT name FROM permission_type ORDER BY position")
        contexts =
            try String.fetchOne(db, sql: "SELECT value FROM setting_in_force WHERE key = 'CustomerGroupPermissionContext'")
            ?? ""
        try readPeople(db)
        try readGrants(db)
    }

    private mutating func readPeople(_ db: Database) throws {
        for row in try Row.fetchAll(
            db,
            sql:
                "SELECT id, back_end, hex(directory_id), login, customer_id, customer_ids, gone, valid_id, lacks_group FROM person"
        ) {
            let primary: String = row[4]
            let further = (row[5] as String).split(separator: ";").map { $0.drop { $0 == " " } }.map(String.init)
            people[row[0]] = Person(
                id: row[0], slot: row[1], directoryID: row[2], login: row[3], customerID: row[4], isGone: row[6],
                isValid: row[7] == 1, lacksGroup: row[8], customers: [primary] + further.filter { $0 != primary })
        }
        for row in try Row.fetchAll(db, sql: "SELECT customer_id, valid_id FROM customer") {
            isCustomerValid[row[0]] = row[1] == 1
        }
        for row in try Row.fetchAll(db, sql: "SELECT slot, requires_groups FROM back_end") {
            requiresGroups[row[0]] = row[1] == 1
        }
    }

    private mutating func readGrants(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT id, name, valid_id FROM user_group") {
            groups[row[0]] = (row[1], row[2] == 1)
        }
        for row in try Row.fetchAll(db, sql: "SELECT kind, group_id, sequence FROM always_group") {
            always.append((row[0], row[1], row[2]))
        }
        for row in try Row.fetchAll(db, sql: "SELECT person, group_id, permission, source, rule, sequence FROM person_grant") {
            grants[row[0], default: []].append(
                Held(group: row[1], permission: row[2], source: row[3], rule: row[4], since: row[5]))
        }
        for row in try Row.fetchAll(
            db, sql: "SELECT customer_id, group_id, permission, source, rule, sequence, context FROM customer_grant")
        {
            customerGrants[row[0], default: []].append(
                Held(group: row[1], permission: row[2], source: row[3], rule: row[4], since: row[5], context: row[6]))
        }
        for row in try Row.fetchAll(db, sql: "SELECT person, group_id, permission FROM withheld_permission") {
            withheld.append((Self.relation(person: row[0], row[1]), row[2]))
        }
        for row in try Row.fetchAll(
            db, sql: "SELECT customer_id, context, group_id, permission FROM withheld_customer_permission")
        {
            withheld.append((Self.relation(customer: row[0], row[1], row[2]), row[3]))
        }
    }

    // MARK: Permissions

    /// Every permission of somebody with every way on which it comes: group, permission, via, what is held, since when.
    func ways(of person: Person) -> [String] { person.isValid && !person.isGone ? waysIfValid(person) : [] }

    private func waysIfValid(_ person: Person) -> [String] {
        var ways: [String] = []
        for (id, group) in groups where group.isValid {
            for type in types {
                let gives = { (held: Held) in held.group == id && (held.permission == type || held.permission == "rw") }
                let way = { (via: String, held: String) in ways.append("\(group.name)|\(type)|\(via)|\(held)") }
                for held in grants[person.id] ?? [] where gives(held) {
                    way("user:\(held.source)", "\(held.permission)|\(held.rule)|\(held.since)")
                }
                for customer in person.customers where isCustomerValid[customer] == true {
                    for held in customerGrants[customer] ?? [] where gives(held) && held.context == "Ticket::CustomerID::Same" {
                        way("customer:\(customer)", "\(held.permission)|\(held.rule)|\(held.since)")
                    }
                    for one in always where one.kind == "customer" && one.group == id {
                        way("customer-always:\(customer)", "\(one.since)")
                    }
                }
                for one in always where one.kind == "customer-user" && one.group == id { way("always", "\(one.since)") }
                if requiresGroups[person.slot] == false { way("unrestricted", "") }
            }
        }
        return ways.sorted()
    }

    /// Rows of `effective_permission`.
    var effective: [String] {
        Set(people.values.flatMap { person in ways(of: person).map { "\(person.login)|" + Self.head($0, 3) } }).sorted()
    }

    /// Logins of those who need a group and have no permission.
    var unassigned: [String] {
        people.values.filter {
            ($0.isValid || $0.lacksGroup) && requiresGroups[$0.slot] == true && waysIfValid($0).isEmpty
        }.map(\.login).sorted()
    }

    /// The first `count` parts.
    static func head(_ way: String, _ count: Int) -> String {
        way.split(separator: "|", omittingEmptySubsequences: false).prefix(count).joined(separator: "|")
    }

    // MARK: Names

    /// Whoever is there with a login, or else whoever had it last and is gone.
    func holder(of login: String) -> Person? {
        let named = people.values.filter { $0.login.lowercased() == login.lowercased() }.sorted { $0.id < $1.id }
        return named.first { !$0.isGone } ?? named.last
    }

    func groupID(_ name: String) -> Int64? { groups.first { $0.value.name == name }?.key }

    static func relation(person: Int64, _ group: Int64) -> String { "person \(person) \(group)" }

    static func relation(customer: String, _ context: String, _ group: Int64) -> String {
        "customer \(customer) \(context) \(group)"
    }

    /// What is held and withheld, by relation.
    var relations: [String: Set<String>] {
        var relations: [String: Set<String>] = [:]
        for (person, held) in grants {
            for one in held {
                relations[Self.relation(person: person, one.group), default: []].insert(
                    "\(one.permission)|\(one.source)|\(one.rule)")
            }
        }
        for (customer, held) in customerGrants {
            for one in held {
                relations[Self.relation(customer: customer, one.context ?? "", one.group), default: []].insert(
                    "\(one.permission)|\(one.source)|\(one.rule)")
            }
        }
        for one in withheld { relations[one.relation, default: []].insert("\(one.permission)|withheld|") }
        return relations
    }
}
