extension Evaluator {
    /// One subscript with its value, and where it is written.
    enum Step {
        case key(String, Int)
        case index(Int, Int)
    }

    /// What a variable or an element of one holds.
    mutating func element(_ target: Target, at offset: Int) -> Value {
        if target.variable == Target.environment { return environmentValue(target, at: offset) }
        guard let found = lookUp(target) else {
            return refuse(
                offset, "this variable has no value that Rollcall knows. Write the value, or assign the variable before.")
        }
        if found.isUnknown {
            explain(found, at: offset)
            return unknown(at: offset)
        }
        guard found.isContainer else { return Value(found.content, at: offset) }
        if subject != nil || target.variable != Target.settings || concernedKey(of: target) != nil { markShared(target) }
        return Value(found.shared.content, at: offset)
    }

    mutating func explain(_ value: Value, at offset: Int) {
        guard case .unknown(let origin?) = value.content else { return }
        let line = source.place(at: origin).line
        report(
            offset, "the value used here comes from code on line \(line), which Rollcall does not run. Write the value itself.")
    }

    private mutating func environmentValue(_ target: Target, at offset: Int) -> Value {
        guard target.subscripts.count == 1, case .key(let expression) = target.subscripts[0],
            let name = value(of: expression).text
        else { return refuse(offset, "the environment is read one variable at a time. Write $ENV{NAME}.") }
        guard let text = environment[name] else {
            return refuse(offset, "the environment variable \(name) is not set. Set it for Rollcall, or write the value.")
        }
        return Value(.text(text), at: offset)
    }

    mutating func lookUp(_ target: Target) -> Value? {
        guard var value = variable(target.variable), let steps = steps(of: target) else { return nil }
        for step in steps {
            switch (step, value.content) {
            case (.key(let key, _), .hash(let hash)):
                guard let next = hash[key] else { return nil }
                value = next
            case (.index(let index, _), .list(let list)):
                let position = index < 0 ? list.elements.count + index : index
                guard list.elements.indices.contains(position) else { return nil }
                value = list.elements[position]
            case (_, .unknown): return value
            default: return nil
            }
        }
        return value
    }

    /// The keys and indices of a target. Nil, and reported, if one of them is no plain value.
    mutating func steps(of target: Target) -> [Step]? {
        var steps: [Step] = []
        for item in target.subscripts {
            switch item {
            case .key(let expression):
                guard let key = key(value(of: expression)) else { return nil }
                steps.append(.key(key, expression.offset))
            case .index(let expression):
                guard let text = value(of: expression).text, let index = Int(text), index.magnitude < 100_000 else {
                    return nil
                }
                steps.append(.index(index, expression.offset))
            }
        }
        return steps
    }
}
