/// What a person may do in the end, each permission with all paths that give it.
package struct EffectivePermissions: Sendable, Hashable {
    /// Group, permission, paths: nothing without a path.
    package private(set) var paths: [String: [Permission: [PermissionPath]]] = [:]

    /// The union of own grants, those of customers in the context Same, and always-groups; only for the valid, and only of
    /// valid groups. `rw` gives every type. A grant of a type that is not configured any more gives nothing.
    package init(_ picture: PermissionPicture) {
        guard picture.isValid else { return }
        for held in picture.grants { add(.grant(held.grant, since: held.since), held.grant, picture) }
        for customer in picture.customers where customer.isValid {
            for held in customer.grants[.same] ?? [] {
                add(.customer(id: customer.id, held.grant, since: held.since), held.grant, picture)
            }
            for always in picture.alwaysGroups[.customer] ?? [] {
                add(.customerAlways(id: customer.id, since: always.since), picture.types, on: always.group, picture)
            }
        }
        for always in picture.alwaysGroups[.customerUser] ?? [] {
            add(.always(since: always.since), picture.types, on: always.group, picture)
        }
        guard !picture.isRestricted else { return }
        for group in picture.groups.keys { add(.unrestricted, picture.types, on: group, picture) }
    }

    private mutating func add(_ path: PermissionPath, _ grant: Grant, _ picture: PermissionPicture) {
        let types = picture.types.filter { grant.permission == .readWrite || grant.permission == $0 }
        add(path, types, on: grant.group, picture)
    }

    private mutating func add(
        _ path: PermissionPath, _ types: [Permission], on group: String, _ picture: PermissionPicture
    ) {
        guard picture.groups[group] == true else { return }
        for type in types { paths[group, default: [:]][type, default: []].append(path) }
    }

    package var isEmpty: Bool { paths.isEmpty }

    /// Names of the groups in which there is some permission, in order.
    package var groups: [String] { paths.keys.sorted() }

    package func paths(_ permission: Permission, on group: String) -> [PermissionPath] { paths[group]?[permission] ?? [] }
}

extension PermissionPicture {
    /// Customers whose tickets the person may see in `group` by the context Other: those that hold Same there, where a
    /// customer of the person's holds Other with that permission.
    ///
    /// - Parameter holders: the customers that hold `permission` in context Same on `group`.
    package func otherCustomers(_ permission: Permission, on group: String, holders: [String]) -> [String] {
        guard isValid, groups[group] == true, types.contains(permission) else { return [] }
        let isGiven = customers.contains { customer in
            customer.isValid
                && (customer.grants[.other] ?? []).contains {
                    $0.grant.group == group && ($0.grant.permission == .readWrite || $0.grant.permission == permission)
                }
        }
        guard isGiven else { return [] }
        let own = Set(customers.map(\.id))
        return holders.filter { !own.contains($0) }.sorted()
    }
}
