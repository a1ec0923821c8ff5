import Foundation
import Support

/// Changes to apply, as LDIF (RFC 2849).
extension Scene {
    /// A person to add; attributes given here replace the usual ones.
    func person(_ name: String, _ attributes: [String: String] = [:], in unit: String = "sales") -> String {
        let login = login(name)
        let usual = [
            dialect.login: login, "cn": login, "sn": name.capitalized, "mail": "\(login)@test.example",
            dialect.customer: "ACME", "telephoneNumber": "1", "description": "of \(unit)", "businessCategory": "customer",
        ]
        let lines = usual.merging(attributes) { _, new in new }.map(LDIF.line).sorted()
        return "dn: \(dn(name, in: unit))\n" + dialect.classes.map { "objectClass: \($0)\n" }.joined() + dialect.more
            + lines.joined() + "\n"
    }

    /// A group to add, of people in `sales`.
    func group(_ kind: Dialect.GroupKind, members: [String]) -> String {
        "dn: \(groupDN(kind))\n" + kind.classes.map { "objectClass: \($0)\n" }.joined() + "cn: \(kind.attribute)\n" + kind.more
            + (dialect.hasAccounts ? "sAMAccountName: \(kind.attribute)\(mark)\n" : "")
            + members.map { "\(kind.attribute): \(member($0, of: kind))\n" }.joined() + "\n"
    }

    /// A group that no rule names, with one member.
    func nested(_ name: String, _ kind: Dialect.GroupKind, member: String) -> String {
        "dn: \(nestedDN(name))\n" + kind.classes.map { "objectClass: \($0)\n" }.joined() + "cn: \(name)\n"
            + (dialect.hasAccounts ? "sAMAccountName: \(name)\(mark)\n" : "") + "\(kind.attribute): \(member)\n\n"
    }

    func nestedDN(_ name: String) -> String { "cn=\(name),\(unit("groups"))" }

    /// How a group of this kind names a person.
    func member(_ name: String, of kind: Dialect.GroupKind, in unit: String = "sales") -> String {
        kind.namesLogins ? login(name) : dn(name, in: unit)
    }

    /// Gives an attribute one value in place of what it had, or none.
    func replace(_ name: String, _ attribute: String, _ value: String?, in unit: String = "sales") -> String {
        "dn: \(dn(name, in: unit))\nchangetype: modify\nreplace: \(attribute)\n"
            + (value.map { LDIF.line(attribute, $0) } ?? "") + "-\n\n"
    }

    func delete(_ name: String, in unit: String = "sales") -> String { "dn: \(dn(name, in: unit))\nchangetype: delete\n\n" }

    /// Another name and login for the same entry.
    func rename(_ name: String, to new: String) -> String {
        "dn: \(dn(name))\nchangetype: modrdn\nnewrdn: \(dialect.name)=\(login(new))\ndeleteoldrdn: 1\n\n"
            + (dialect.hasAccounts ? replace(new, dialect.login, login(new)) : "")
    }

    /// The same entry in another unit.
    func move(_ name: String, from unit: String = "sales", to other: String) -> String {
        "dn: \(dn(name, in: unit))\nchangetype: modrdn\nnewrdn: \(dialect.name)=\(login(name))\ndeleteoldrdn: 1\n"
            + "newsuperior: \(self.unit(other))\n\n"
    }

    /// Another name for a unit, with all that is in it.
    func renameUnit(_ unit: String, to new: String) -> String {
        "dn: \(self.unit(unit))\nchangetype: modrdn\nnewrdn: ou=\(new)\ndeleteoldrdn: 1\n\n"
    }

    /// The same unit below another entry, with all that is in it.
    func moveUnit(_ unit: String, from base: String, to other: String) -> String {
        "dn: ou=\(unit),\(base)\nchangetype: modrdn\nnewrdn: ou=\(unit)\ndeleteoldrdn: 1\nnewsuperior: \(other)\n\n"
    }

    /// Changes who is in the group of each kind; all of them are people in `unit`.
    func regroup(adding: [String] = [], removing: [String] = [], in unit: String = "sales") -> String {
        dialect.groupKinds.map { kind in
            let steps = [("add", adding), ("delete", removing)].filter { !$0.1.isEmpty }.map { step, names in
                "\(step): \(kind.attribute)\n" + names.map { "\(kind.attribute): \(member($0, of: kind, in: unit))\n" }.joined()
                    + "-\n"
            }
            return "dn: \(groupDN(kind))\nchangetype: modify\n" + steps.joined() + "\n"
        }.joined()
    }
}
