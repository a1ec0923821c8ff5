/// What the ticket system has before it loads the file; `push` adds to it and elements of it can be assigned.
enum Defaults {
    static var settings: Hash {
        var hash = Hash()
        set("CustomerGroupAlwaysGroups", ["users"], in: &hash)
        set("CustomerGroupCompanyAlwaysGroups", ["users"], in: &hash)
        set("System::Customer::Permission", ["ro", "rw"], in: &hash)
        return hash
    }

    private static func set(_ key: String, _ names: [String], in hash: inout Hash) {
        let list = List(names.map { Value(.text($0), at: 0) })
        hash.set(Value(.list(list), at: 0), for: key, keyOffset: 0)
    }
}
