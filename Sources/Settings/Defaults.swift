/// What the ticket system has before it loads the files; `push` adds to it and elements of it can be assigned.
extension Evaluator {
    /// Sets the group settings that are absent to the ticket system's defaults.
    mutating func setDefaults() {
        setDefault("CustomerGroupAlwaysGroups", .array(["users"]))
        setDefault("CustomerGroupCompanyAlwaysGroups", .array(["users"]))
        setDefault("System::Customer::Permission", .array(["ro", "rw"]))
        setDefault("CustomerGroupSupport", .number(0))
    }

    private enum Default {
        case array([String])
        case number(Int128)
    }

    private mutating func setDefault(_ name: String, _ value: Default) {
        let key = PerlText(name)
        if heap.hashes[settings].pair(key) != nil { return }
        let content: Held.Content =
            switch value {
            case .array(let names): .array(heap.make(names.map { Held(.text(PerlText($0)), at: 0) }))
            case .number(let number): .number(.integer(number))
            }
        heap.hashes[settings].set(Held(content, at: 0), for: key, at: 0)
    }
}
