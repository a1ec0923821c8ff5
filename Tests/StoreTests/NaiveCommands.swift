import Model
import Store

/// What commands on grants ought to do, straight from the words of their help.
extension NaivePermissions {
    /// The relations afterwards; nil when the command has to be refused. What rules give back on release is left out.
    func after(_ command: GrantCommand) -> [String: Set<String>]? {
        var relations = relations
        for name in command.groups {
            guard let group = groupID(name) else { return nil }
            if command.act == .grant, groups[group]?.isValid != true { return nil }
            for login in command.users {
                guard let person = holder(of: login), command.act != .grant || !person.isGone else { return nil }
                let relation = Self.relation(person: person.id, group)
                guard let new = Self.after(command, relations[relation] ?? []) else { return nil }
                relations[relation] = new
            }
            for customer in command.customers {
                if isCustomerValid[customer] == nil || command.act == .grant && !isOn(command.context) { return nil }
                let relation = Self.relation(customer: customer, command.context.rawValue, group)
                guard let new = Self.after(command, relations[relation] ?? []) else { return nil }
                relations[relation] = new
            }
        }
        if command.act == .grant, command.permissions.contains(where: { !types.contains($0.name) }) { return nil }
        return relations.filter { !$0.value.isEmpty }
    }

    private func isOn(_ context: PermissionContext) -> Bool { context == .same || contexts.contains("Other") }

    private static func after(_ command: GrantCommand, _ held: Set<String>) -> Set<String>? {
        let names = Set(command.permissions.map(\.name))
        switch command.act {
        case .grant: return given(names, held)
        case .release: return held.filter { !($0.contains("|withheld|") && names.contains(permission($0))) }
        case .revoke, .withhold:
            var rest = held
            for name in names {
                let grants = held.filter { permission($0) == name && !$0.contains("|withheld|") }
                let holdsAll = held.contains { permission($0) == "rw" && !$0.contains("|withheld|") }
                if grants.isEmpty, name != "rw", holdsAll { return nil }
                if command.act == .revoke, grants.contains(where: { $0.contains("|rule|") }) { return nil }
                rest.subtract(grants)
                if command.act == .withhold { rest.insert("\(name)|withheld|") }
            }
            return rest
        }
    }

    static func permission(_ held: String) -> String { String(held.prefix { $0 != "|" }) }

    /// `rw` is stored alone, and nothing takes its place.
    private static func given(_ names: Set<String>, _ held: Set<String>) -> Set<String> {
        if held.contains("rw|manual|") { return held }
        if names.contains("rw") { return held.filter { !$0.hasSuffix("|manual|") }.union(["rw|manual|"]) }
        return held.union(names.map { "\($0)|manual|" })
    }

    /// The relations after an import; nil when it has to be refused.
    func after(_ rows: [ListedGrant], isExact: Bool) -> [String: Set<String>]? {
        var wanted: [String: Set<String>] = [:]
        var mayNotGrow: Set<String> = []
        for row in rows where row.source == "manual" {
            guard let group = groupID(row.group), types.contains(row.permission) else { return nil }
            let relation: String
            if let login = row.login {
                guard let person = holder(of: login), !person.isGone else { return nil }
                relation = Self.relation(person: person.id, group)
            } else {
                guard let customer = row.customerID, isCustomerValid[customer] != nil else { return nil }
                let context = PermissionContext(rawValue: "Ticket::CustomerID::\(row.context ?? "Same")") ?? .same
                relation = Self.relation(customer: customer, context.rawValue, group)
                if !isOn(context) { mayNotGrow.insert(relation) }
            }
            if groups[group]?.isValid != true { mayNotGrow.insert(relation) }
            wanted[relation, default: []].insert(row.permission)
        }
        var relations = relations
        for (relation, names) in wanted {
            let held = relations[relation] ?? []
            let new = isExact ? Self.given(names, held.filter { !$0.hasSuffix("|manual|") }) : Self.given(names, held)
            if mayNotGrow.contains(relation), !new.isSubset(of: held) { return nil }
            relations[relation] = new
        }
        return relations.filter { !$0.value.isEmpty }
    }
}
