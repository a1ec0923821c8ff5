extension Evaluator {
    /// - Returns: what the place holds afterwards.
    @discardableResult
    mutating func run(_ assignment: Assignment) -> Held {
        switch assignment.place {
        case .one(let target): return assign(target, assignment)
        case .all(let aggregate): return assign(all: aggregate, assignment)
        case .several(let places): return assign(several: places, assignment)
        }
    }

    // MARK: - One value

    private mutating func assign(_ target: Target, _ assignment: Assignment) -> Held {
        if assignment.isNew, let name = target.variable {
            let value = value(of: assignment.value)
            setVariable(name, bound(value, to: name, at: target.offset), isNew: true)
            return value
        }
        checkDeclared(target)
        if assignment.sign == "=" {
            let value = value(of: assignment.value)
            let place = place(of: target)
            if let name = target.variable, isSettingsVariable(name) {
                warn(at: target.offset, "\(name) is set as a whole here, which Rollcall does not follow. Set its keys.")
            } else {
                write(value, to: place)
                reportLost(place, target)
            }
            return value
        }
        return alter(target, assignment)
    }

    /// What is assigned to an unknown variable is lost: told if it has the name of one of our keys.
    private mutating func reportLost(_ place: Place, _ target: Target) {
        guard case .unknown(let flaw) = place, subject(of: target) == nil, case .key(let expression)? = target.subscripts.first,
            case .text(let key) = expression.kind, concerns(key.proper)
        else { return }
        fail(at: target.offset, "\(key.proper): \(flaw.message)")
    }

    /// Tells a variable that nobody has declared: most likely another one is meant.
    private mutating func checkDeclared(_ target: Target) {
        guard let name = target.base.variable, variable(name) == nil, !name.contains(":"), name != "@_" else { return }
        let remedy = "Declare it with 'my', or write $Self if that is meant."
        if isStrict {
            fail(at: target.offset, "\(name) is not declared, which 'use strict' asks for. \(remedy)")
        } else if !target.subscripts.isEmpty {
            warn(at: target.offset, "\(name) is set here and not declared, so nobody sees the value. \(remedy)")
        }
    }

    /// `||=`, `.=`, `+=` and their kind.
    private mutating func alter(_ target: Target, _ assignment: Assignment) -> Held {
        let place = place(of: target)
        let old = read(place) ?? Held(.undefined, at: target.offset)
        if case .unknown(let flaw) = old.content {
            let value = Held(unknown: used(flaw, at: target.offset))
            write(value, to: place)
            return value
        }
        let new: Held
        switch assignment.sign {
        case "||=": new = old.isTrue ? old : value(of: assignment.value)
        case "//=": new = old.isUndefined ? value(of: assignment.value) : old
        default: new = combined(old, assignment, at: target.offset)
        }
        write(new, to: place)
        return new
    }

    private mutating func combined(_ old: Held, _ assignment: Assignment, at offset: Int) -> Held {
        guard let operation = Operator(rawValue: String(assignment.sign.dropLast())) else {
            return unknown(offset, "'\(assignment.sign)' is not expected here. Write the result with '='.")
        }
        let empty: Held.Content = operation == .concatenate ? .text(PerlText("")) : .number(.integer(0))
        let start = old.isUndefined ? Held(empty, at: offset) : old
        return calculate(start, operation, value(of: assignment.value), at: offset)
    }

    private func isSettingsVariable(_ name: String) -> Bool {
        if case .hash(let id)? = variable(name)?.content { id == settings } else { false }
    }

    /// What `$Self` is bound to in `Load`: anything but the settings means that `@_` is taken apart in the wrong way.
    private mutating func bound(_ value: Held, to name: String, at offset: Int) -> Held {
        guard name == "$Self" else { return value }
        if case .hash(let id) = value.content, id == settings { return value }
        if case .unknown = value.content { return value }
        fail(
            at: offset,
            "$Self does not become the settings here. Write 'my $Self = shift;' in Kernel/Config.pm, and "
                + "'my ($File, $Self) = @_;' in the files of Kernel/Config/Files.")
        return Held(.hash(settings), at: offset)
    }

    // MARK: - Lists

    /// `my @a = ( … )`, `%{ $Self->{K} } = ( … )`
    private mutating func assign(all aggregate: Aggregate, _ assignment: Assignment) -> Held {
        let offset = aggregate.offset
        guard assignment.sign == "=" else { return unknown(offset, "'\(assignment.sign)' is not expected here. Write '='.") }
        let items: [Expression] = if case .list(let inner) = assignment.value.kind { inner } else { [assignment.value] }
        let values = values(of: items, keepsOrder: !aggregate.isHash, at: offset)
        if assignment.isNew, case .variable(let name) = aggregate.base { declare(name, at: offset) }
        switch container(aggregate, isNeeded: true) {
        case .success(let value?):
            fill(value, with: values)
            return value
        case .success(nil): return Held(.undefined, at: offset)
        case .failure(let flaw): return Held(unknown: flaw)
        }
    }

    private mutating func fill(_ container: Held, with values: Result<[Held], PerlFlaw>) {
        switch (container.content, values) {
        case (.hash(settings), _):
            warn(at: container.offset, "the settings are set as a whole here, which Rollcall does not follow. Set their keys.")
        case (.array(let id), .success(let elements)): heap.arrays[id] = Heap.Array(elements: elements)
        case (.array(let id), .failure(let flaw)): heap.arrays[id] = Heap.Array(flaw: flaw)
        case (.hash(let id), .success(let elements)):
            switch pairs(of: elements) {
            case .success(let hash): heap.hashes[id] = hash
            case .failure(let flaw): setFlaw(flaw, of: id)
            }
        case (.hash(let id), .failure(let flaw)): setFlaw(flaw, of: id)
        default: break
        }
    }

    private mutating func setFlaw(_ flaw: PerlFlaw, of id: Int) {
        heap.hashes[id] = Heap.Hash()
        heap.hashes[id].flaw = flaw
    }

    /// `my ($File, $Self) = @_;`
    private mutating func assign(several places: [Assignment.Place?], _ assignment: Assignment) -> Held {
        let offset = assignment.offset
        let items: [Expression] = if case .list(let inner) = assignment.value.kind { inner } else { [assignment.value] }
        let values = values(of: items, keepsOrder: true, at: offset)
        var rest: ArraySlice<Held> = (try? values.get())?[...] ?? []
        for place in places {
            guard let place else {
                _ = rest.popFirst()
                continue
            }
            let value: Expression
            switch (values, place) {
            case (.failure(let flaw), _): value = Expression(unreadable: flaw)
            case (.success, .one): value = held(rest.popFirst() ?? Held(.undefined, at: offset))
            case (.success, _):
                value = Expression(.list(rest.map(held)), at: offset)
                rest = []
            }
            run(Assignment(place: place, sign: assignment.sign, value: value, isNew: assignment.isNew, offset: offset))
        }
        return unknown(offset, "a list assignment has no single value. Write one assignment each.")
    }

    /// A value that is there already, as an expression.
    private func held(_ value: Held) -> Expression { Expression(.held(value), at: value.offset) }
}
