import Foundation
import Support

/// What the directory has, asked with `ldapsearch`.
enum SoakDirectory {
    /// Login, e-mail, validity and groups of everybody who is to be mirrored.
    static func lines(_ slapd: Slapd, bases: [String], group: String) throws -> [String] {
        let found = try slapd.search(group, scope: "base", filter: "(objectClass=*)", ["member"])
        let members = Set((found.first?.all("member") ?? []).map { $0.lowercased() })
        let filter = "(&(objectClass=inetOrgPerson)(!(title=hidden)))"
        return try bases.flatMap { try slapd.search($0, filter: filter, ["uid", "mail", "title", "departmentNumber"]) }.map {
            entry in
            let groups = [
                members.contains(entry.dn.lowercased()) ? "by-group" : nil,
                entry.first("departmentNumber") == "IT" ? "it" : nil,
            ]
            let validity = entry.first("title") == "former" ? "invalid" : "valid"
            return
                "\(entry.first("uid")) \(entry.first("mail")) \(validity) \(groups.compactMap(\.self).joined(separator: ","))"
        }
    }
}

/// What the records of a change log come to.
struct SoakReplay {
    private struct Person {
        var login: String
        var isValid: Bool
        var grants: Set<String> = []
    }

    private var people: [String: Person] = [:]

    /// Logins of the valid.
    var valid: [String] { people.values.filter(\.isValid).map(\.login).sorted() }
    /// Login and group.
    var grants: [String] { people.values.flatMap { person in person.grants.map { "\(person.login) \($0)" } }.sorted() }

    /// All records of the entries that ever had one of `logins`.
    static func history(of logins: [String], in log: [Rollcall.Line]) -> String {
        let entries = Set(log.filter { logins.contains($0.user ?? "") }.compactMap { try? Self.entry($0) })
        return log.filter { line in entries.contains { line.text.contains($0) } }.map(\.text).joined(separator: "\n")
    }

    private static func entry(_ line: Rollcall.Line) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: Any]
        return (object?["user"] as? [String: Any])?["id"] as? String
    }

    init(_ log: [Rollcall.Line]) throws {
        for (index, line) in log.enumerated() {
            guard let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: Any],
                let id = (object["user"] as? [String: Any])?["id"] as? String,
                let backEnd = (object["rollcall"] as? [String: Any])?["back_end"] as? String
            else { continue }
            guard try apply(line, id, backEnd) else {
                let history = log[...index].filter { $0.text.contains(id) }.map(\.text)
                throw TestFailure("nobody was added before:\n" + history.joined(separator: "\n"))
            }
        }
    }

    /// An entry that goes from one back end to another is two people for a while, so both make the key.
    ///
    /// - Returns: false when the record is about somebody whom no record has added.
    private mutating func apply(_ line: Rollcall.Line, _ entry: String, _ backEnd: String) throws -> Bool {
        let id = "\(backEnd) \(entry)"
        let before = { (field: String, now: String) in line.changes[field]?.first.flatMap(\.self) ?? now }
        let former = "\(before("back_end", backEnd)) \(before("directory_id", entry))"
        if former != id { people[id] = people.removeValue(forKey: former) }
        let login = line.user ?? ""
        if line.action == "customer-user-added" {
            people[id] = Person(login: login, isValid: line.changes["valid_id"]?.last != "2")
            return true
        }
        guard var person = people[id] else { return false }
        person.login = login
        switch line.action {
        case "customer-user-invalidated": person.isValid = false
        case "customer-user-revalidated": person.isValid = true
        case "grant-added": person.grants.insert(line.group ?? "")
        case "grant-removed": person.grants.remove(line.group ?? "")
        default: break
        }
        people[id] = person
        return true
    }
}
