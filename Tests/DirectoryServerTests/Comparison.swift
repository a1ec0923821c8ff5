import Foundation
import Support

/// Compares what is in the mirror with what the directory has, without anything of Rollcall's own.
///
/// The directory is asked with `ldapsearch` and mapped in the most naive way; the mirror is shown by `sqlite3` and by
/// `rollcall users`. Both sides become fields by login, all of them text.
struct Comparison {
    /// Field and value.
    typealias Person = [String: String]

    let differences: [String]

    init(of rollcall: Rollcall, with directory: DirectorySide) throws {
        let store = try StoreSide.people(rollcall)
        let listing = try StoreSide.listed(rollcall)
        differences =
            Self.differences(store, "the store", directory.people)
            + Self.differences(listing, "rollcall users", directory.people)
    }

    private static func differences(_ shown: [String: [Person]], _ place: String, _ directory: [String: Person]) -> [String] {
        Set(shown.keys).union(directory.keys).sorted().flatMap { login -> [String] in
            let rows = shown[login] ?? []
            guard let expected = directory[login] else {
                return rows.filter { $0["valid"] != "no" || $0["permissions"] ?? "" != "" }.map {
                    "\(login): not in the directory, and in \(place) \(text($0))"
                }
            }
            guard !rows.isEmpty else { return ["\(login): in the directory \(text(expected)), and not in \(place)"] }
            // Somebody who has gone may have had the same login.
            let all = rows.map { row in fieldDifferences(login, row, place, expected) }
            return all.min { $0.count < $1.count } ?? []
        }
    }

    private static func fieldDifferences(_ login: String, _ row: Person, _ place: String, _ expected: Person) -> [String] {
        row.keys.sorted().compactMap { field in
            let wanted = expected[field] ?? ""
            let found = row[field] ?? ""
            return found == wanted ? nil : "\(login): \(field) is '\(found)' in \(place) and '\(wanted)' in the directory"
        }
    }

    private static func text(_ person: Person) -> String {
        person.sorted { $0.key < $1.key }.map { "\($0.key) '\($0.value)'" }.joined(separator: ", ")
    }
}

/// People as the directory has them.
struct DirectorySide {
    let people: [String: Comparison.Person]
    /// What makes everybody be read when it changes: the units. One line each.
    let surroundings: Set<String>

    init(_ scene: Scene) throws {
        let dialect = scene.dialect
        let attributes = [dialect.login, "mail", dialect.customer, "sn", "telephoneNumber", "description", "departmentNumber"]
        let entries = try scene.server.search(scene.base, filter: scene.filter, attributes)
        let valid = try scene.server.search(scene.base, filter: "(&\(scene.filter)\(scene.validFilter))", ["1.1"])
        let validNames = Set(valid.map { Self.folded($0.dn) })
        let members = try dialect.groupKinds.map { ($0, Set(try Self.members(of: $0, scene).map(Self.folded))) }
        surroundings = try Self.surroundings(scene)
        var people: [String: Comparison.Person] = [:]
        for entry in entries {
            let login = entry.first(dialect.login)
            let isValid = validNames.contains(Self.folded(entry.dn))
            var grants = members.filter { kind, names in names.contains(Self.folded(kind.namesLogins ? login : entry.dn)) }
                .map { "\(Scene.groupName($0.0)):rw" }
            if entry.all("departmentNumber").contains(where: { $0.lowercased() == Scene.department.lowercased() }) {
                grants.append("it:ro")
            }
            people[login] = [
                "email": entry.first("mail"), "customer": entry.first(dialect.customer), "last name": entry.first("sn"),
                "phone": entry.first("telephoneNumber"), "comment": entry.first("description"), "valid": isValid ? "yes" : "no",
                "grants": grants.sorted().joined(separator: " "),
                "permissions": isValid ? Self.permissions(grants) : "",
            ]
        }
        self.people = people
    }

    /// Reads the units alone.
    static func surroundings(_ scene: Scene) throws -> Set<String> {
        let units = try scene.server.search(scene.base, filter: "(objectClass=organizationalUnit)", ["1.1"])
        return Set(units.map { folded($0.dn) })
    }

    /// Whoever may write may read.
    private static func permissions(_ grants: [String]) -> String {
        grants.flatMap { $0.hasSuffix(":rw") ? [$0, $0.replacingOccurrences(of: ":rw", with: ":ro")] : [$0] }
            .sorted().joined(separator: " ")
    }

    /// All members of a group and of the groups in it; the tests have them all in one unit.
    private static func members(of kind: Dialect.GroupKind, _ scene: Scene) throws -> [String] {
        var all: [String] = []
        var seen: Set<String> = []
        var next = [scene.groupDN(kind)]
        while let dn = next.popLast() {
            guard seen.insert(folded(dn)).inserted else { continue }
            let found = try members(of: dn, kind, scene)
            all += found
            if !kind.namesLogins { next += found.filter { folded($0).hasSuffix(folded(scene.unit("groups"))) } }
        }
        return all
    }

    /// What one group shows, also part by part (`member;range=0-1499`).
    private static func members(of dn: String, _ kind: Dialect.GroupKind, _ scene: Scene) throws -> [String] {
        var all: [String] = []
        var asked = kind.attribute
        while true {
            let found = try scene.server.search(dn, scope: "base", filter: "(objectClass=*)", [asked])
            guard let group = found.first else { throw TestFailure("\(dn) is not there") }
            all += group.all(kind.attribute)
            guard let part = group.names.first(where: { $0.contains(";range=") }), !part.hasSuffix("*"),
                let last = part.split(separator: "-").last.flatMap({ Int($0) })
            else { return all }
            asked = "\(kind.attribute);range=\(last + 1)-*"
        }
    }

    /// Names of the tests have no characters that could be written in two ways.
    private static func folded(_ name: String) -> String { name.lowercased().replacingOccurrences(of: ", ", with: ",") }
}

/// People as Rollcall shows them.
private enum StoreSide {
    /// By `sqlite3`, from the views.
    static func people(_ rollcall: Rollcall) throws -> [String: [Comparison.Person]] {
        let query = """
            SELECT login, email, customer_id AS customer, last_name AS 'last name', phone, comments AS comment,
                CASE valid_id WHEN 1 THEN 'yes' ELSE 'no' END AS valid,
                coalesce((SELECT group_concat(grant_text, ' ') FROM (
                    SELECT groups_table.name || ':' || permission_key AS grant_text
                    FROM group_customer_user JOIN groups_table ON groups_table.id = group_id
                    WHERE user_id = login ORDER BY 1)), '') AS grants,
                coalesce((SELECT group_concat(permission, ' ') FROM (
                    SELECT group_name || ':' || permission_key AS permission
                    FROM effective_permission WHERE effective_permission.login = customer_user.login ORDER BY 1)), '')
                    AS permissions
            FROM customer_user
            """
        let rows = try succeed("/usr/bin/sqlite3", ["-readonly", "-json", rollcall.store, query])
        let objects = rows.isEmpty ? [] : try JSONSerialization.jsonObject(with: Data(rows.utf8)) as? [[String: String]] ?? []
        return Dictionary(grouping: objects) { $0["login"] ?? "" }.mapValues { $0.map(withoutLogin) }
    }

    /// By `rollcall users`.
    static func listed(_ rollcall: Rollcall) throws -> [String: [Comparison.Person]] {
        let outcome = try rollcall("users", "--json")
        guard outcome.status == 0 else { throw TestFailure(outcome.errors) }
        var people: [String: [Comparison.Person]] = [:]
        for line in outcome.output.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            let text: (String) -> String = { object[$0] as? String ?? "" }
            people[text("login"), default: []].append([
                "email": text("email"), "customer": text("customer_id"), "last name": text("last_name"),
                "valid": object["is_valid"] as? Bool == true ? "yes" : "no",
                "grants": (object["grants"] as? [String] ?? []).sorted().joined(separator: " "),
            ])
        }
        return people
    }

    private static func withoutLogin(_ person: Comparison.Person) -> Comparison.Person {
        person.filter { $0.key != "login" }
    }
}
