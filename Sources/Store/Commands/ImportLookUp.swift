import GRDB
import Model

/// Finds what a row names.
struct ImportLookUp {
    private let finder: GranteeFinder
    private let groups: [String: GroupRow]
    private let types: [String]

    init(_ db: Database) throws {
        finder = GranteeFinder(db: db)
        let rows = try Row.fetchAll(db, sql: "SELECT id, name, valid_id, origin, comments FROM user_group").map(GroupRow.init)
        groups = Dictionary(rows.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        types = try String.fetchAll(db, sql: "SELECT name FROM permission_type ORDER BY position")
    }

    func resolve(_ row: ImportRow) throws -> (GranteeRow, GroupRow, Permission) {
        let grant = row.grant
        guard let group = groups[grant.group] else {
            throw refusal(row, "there is no group '\(grant.group)'. 'rollcall groups add' makes one.")
        }
        guard types.contains(grant.permission) else {
            throw refusal(
                row,
                "there is no permission '\(grant.permission)'. System::Customer::Permission has \(types.joined(separator: ", "))."
            )
        }
        return (try grantee(row), group, Permission(grant.permission))
    }

    private func grantee(_ row: ImportRow) throws -> GranteeRow {
        switch (row.grant.login, row.grant.customerID) {
        case (let login?, nil):
            guard let found = try finder.person(login) else {
                throw refusal(row, "there is no customer user '\(login)'. 'rollcall users search' finds logins.")
            }
            if found.isGone {
                throw refusal(
                    row,
                    "'\(login)' has left the directory and can be given nothing. What they had counts again when they come back."
                )
            }
            return found
        case (nil, let id?):
            let context: PermissionContext
            switch row.grant.context {
            case nil, "Same": context = .same
            case "Other": context = .other
            case let other?: throw refusal(row, "there is no context '\(other)'. Write Same or Other.")
            }
            guard let found = try finder.customer(id, context) else {
                throw refusal(row, "there is no customer '\(id)'. 'rollcall customers search' finds customer IDs.")
            }
            return found
        default: throw refusal(row, "a row names a login or a customer ID, one of them.")
        }
    }

    private func refusal(_ row: ImportRow, _ reason: String) -> CommandRefusal { CommandRefusal("\(row.place): \(reason)") }
}
