extension Evaluator {
    mutating func assign(_ target: Target, _ sign: String, _ expression: Expression, isNew: Bool) {
        if target.variable == Target.settings, target.subscripts.isEmpty { return }
        let isAggregate = target.subscripts.isEmpty && !target.variable.hasPrefix("$")
        if isAggregate {
            return setVariable(target.variable, aggregate(expression, isHash: target.variable.hasPrefix("%")), isNew: isNew)
        }
        if sign == "||=" || sign == "//=", let old = lookUp(target) {
            if old.isUnknown || (sign == "||=" ? old.isTrue : !old.isUndefined) { return }
        }
        var value = value(of: expression)
        if sign.count == 2 {
            let old = lookUp(target) ?? Value(sign == ".=" ? .text("") : .number(.integer(0)), at: target.offset)
            value = calculate(old, String(sign.prefix(1)), value, at: target.offset)
        }
        explainAll(in: value)
        if target.subscripts.isEmpty { setVariable(target.variable, value, isNew: isNew) } else { store(value, in: target) }
    }

    /// `my @a = ( … )`, `my %h = ( … )`.
    private mutating func aggregate(_ expression: Expression, isHash: Bool) -> Value {
        var items = [expression]
        if case .list(let inner) = expression.kind { items = inner }
        return value(of: Expression(isHash ? .hash(items) : .array(items), at: expression.offset))
    }

    mutating func store(_ value: Value, in target: Target) {
        change(target) { $0 = value }
    }

    /// Reports what a value for one of our keys takes over from code.
    private mutating func explainAll(in value: Value) {
        guard subject != nil else { return }
        switch value.content {
        case .unknown: explain(value, at: value.offset)
        case .list(let list): for element in list.elements { explainAll(in: element) }
        case .hash(let hash): for pair in hash.pairs { explainAll(in: pair.value) }
        case .undefined, .text, .number: break
        }
    }

    mutating func push(_ items: [Expression], to target: Target, atFront: Bool) {
        let added = values(of: items)
        for value in added { explainAll(in: value) }
        var flaw: String?
        change(target) { value in
            if value.isUndefined { value = Value(.list(List()), at: target.offset) }
            guard case .list(var list) = value.content else {
                if !value.isUnknown { flaw = "'push' adds to what is no list. Assign a list with [ ] before." }
                return
            }
            if list.isShared { flaw = Self.sharedFlaw }
            value.content = .undefined
            list.insert(added, atFront: atFront)
            value.content = .list(list)
        }
        if let flaw { report(target.offset, about: subject ?? target.variable, flaw) }
    }

    static let sharedFlaw =
        "this alters a hash or list that is used in a second place, where Perl would alter it too. Write both out in full."

    mutating func delete(_ target: Target) {
        guard case .key(let last)? = target.subscripts.last, let key = value(of: last).text else {
            return report(target.offset, "only keys of hashes can be deleted. Assign the list anew.")
        }
        guard lookUp(target) != nil else { return }
        var isShared = false
        change(Target(target.variable, target.subscripts.dropLast(), at: target.offset)) { value in
            guard case .hash(var hash) = value.content else { return }
            isShared = hash.isShared
            value.content = .undefined
            hash.remove(key)
            value.content = .hash(hash)
        }
        if isShared { report(target.offset, about: subject ?? target.variable, Self.sharedFlaw) }
    }
}
