extension Evaluator {
    /// Runs one file: first what stands at its top, then its `Load`, as the ticket system does.
    mutating func run(_ statements: [Statement]) {
        scopes = [[:]]
        let loads = Self.loads(in: statements)
        if loads.isEmpty { setVariable("$Self", Held(.hash(settings), at: 0)) }
        scopes.append([:])
        _ = leaves(statements)
        for load in loads { run(load) }
        scopes = [[:]]
    }

    /// The `Load` of each package of the ticket system, or of any package if there is none of those. A later one replaces
    /// an earlier one of its package.
    private static func loads(in statements: [Statement]) -> [Load] {
        var found: [Load] = []
        var waiting = statements[...]
        while let statement = waiting.popFirst() {
            switch statement.kind {
            case .load(let load): found = found.filter { $0.package != load.package } + [load]
            case .block(let inner): waiting = (inner + waiting)[...]
            default: break
            }
        }
        let own = found.filter { $0.package.hasPrefix("Kernel::Config") }
        return own.isEmpty ? found : own
    }

    /// The ticket system runs the `Load` of the package that goes with the file's name.
    private mutating func checkPackage(_ load: Load) {
        guard let path = sources.text(at: load.offset)?.path, let file = path.split(separator: "/").last else { return }
        let wanted =
            file == "Config.pm"
            ? "Kernel::Config" : "Kernel::Config::Files::" + (file.hasSuffix(".pm") ? file.dropLast(3) : file)
        guard load.package != wanted, load.package != "Kernel::Config" else { return }
        warn(
            at: load.offset,
            "Load is in the package '\(load.package)', and the ticket system runs that of '\(wanted)' for a file of this name. "
                + "Write 'package \(wanted);'.")
    }

    private mutating func run(_ load: Load) {
        checkPackage(load)
        scopes.append([:])
        defer { scopes.removeLast() }
        let own = Held(.hash(settings), at: load.offset)
        let package = Held(.text(PerlText(load.package)), at: load.offset)
        let arguments = load.package == "Kernel::Config" ? [own] : [package, own]
        setVariable("@_", Held(.array(heap.make(arguments)), at: load.offset), isNew: true)
        for (name, value) in zip(load.parameters, arguments) { setVariable(name, value, isNew: true) }
        _ = leaves(load.statements)
    }

    /// Whether a `return` ended the statements.
    private mutating func leaves(_ statements: [Statement]) -> Bool {
        for statement in statements {
            switch statement.kind {
            case .leave:
                report(statement)
                return true
            case .block(let inner):
                report(statement)
                scopes.append([:])
                defer { scopes.removeLast() }
                if leaves(inner) { return true }
            default: run(statement)
            }
        }
        return false
    }

    private mutating func run(_ statement: Statement) {
        report(statement)
        reportDoubts(statement)
        isStrict = statement.isStrict
        switch statement.kind {
        case .assign(let assignment):
            count(statement)
            run(assignment)
            for mention in statement.mentions { spoil(mention, what: "code", at: statement.offset) }
        case .declare(let names): for name in names { declare(name, at: statement.offset) }
        case .push(let array, let items, let atFront):
            count(statement)
            push(items, to: array, atFront: atFront)
        case .delete(let target):
            count(statement)
            delete(target)
        case .code(let mentions, let what):
            count(statement)
            for mention in mentions { spoil(mention, what: what, at: statement.offset) }
        case .sub: passedOver.subs += statement.flaws.isEmpty ? 1 : 0
        case .block, .load, .leave: break
        }
    }

    mutating func declare(_ name: String, at offset: Int) {
        switch name.first {
        case "@": setVariable(name, Held(.array(heap.make([])), at: offset), isNew: true)
        case "%": setVariable(name, Held(.hash(heap.makeHash()), at: offset), isNew: true)
        default: setVariable(name, Held(.undefined, at: offset), isNew: true)
        }
    }

    // MARK: - What is said of a statement

    /// Tells the mistakes of a statement that concerns Rollcall, or whose mistakes are certain.
    private mutating func report(_ statement: Statement) {
        guard !statement.flaws.isEmpty else { return }
        let subject = subject(of: statement)
        guard subject != nil || statement.isPlain else { return }
        for flaw in statement.flaws { fail(at: flaw.offset, subject.map { "\($0): " + flaw.message } ?? flaw.message) }
    }

    /// Tells what in code may make a difference, though nothing in it is known.
    private mutating func reportDoubts(_ statement: Statement) {
        if let doubt = statement.doubt { warn(at: doubt.offset, doubt.message) }
        if statement.mayLeave {
            warn(
                at: statement.offset,
                "Perl may leave the sub here, which Rollcall does not do: what follows is read as if it were always reached.")
        }
        guard case .code(let mentions, _) = statement.kind, subject(of: statement) == nil else { return }
        if let first = mentions.first, first.target.offset == statement.offset, first.target.subscripts.isEmpty,
            isSettings(first.target.base), !first.isHandedOver, !first.isWritten
        {
            return warn(
                at: statement.offset,
                "this statement begins with the settings and is no assignment, so Rollcall passes it over. If it is meant to set "
                    + "something, write '$Self->{…} = value;'.")
        }
        guard let name = statement.names.map(\.proper).first(where: concerns) else { return }
        if let first = mentions.first, first.target.offset == statement.offset, subject(of: first.target) != nil {
            fail(at: statement.offset, "\(name): nothing is assigned here. Write '$Self->{…} = value;'.")
        } else if !mentions.contains(where: { subject(of: $0.target) != nil }) {
            warn(
                at: statement.offset,
                "\(name): this statement names it and is no data, so Rollcall passes it over. If it is meant to set something, "
                    + "write '$Self->{…} = value;'.")
        }
    }

    private mutating func count(_ statement: Statement) {
        if subject(of: statement) == nil { passedOver.statements += 1 }
    }

    /// The top-level key that a statement sets, if that concerns Rollcall.
    private func subject(of statement: Statement) -> String? {
        switch statement.kind {
        case .assign(let assignment): subject(of: assignment.place)
        case .push(let array, _, _): subject(of: array.base)
        case .delete(let target): subject(of: target)
        case .code(let mentions, _):
            mentions.lazy.filter(\.isWritten).compactMap { self.subject(of: $0.target) }.first
        default: nil
        }
    }

    private func subject(of place: Assignment.Place) -> String? {
        switch place {
        case .one(let target): subject(of: target)
        case .all(let aggregate): subject(of: aggregate.base)
        case .several(let places): places.lazy.compactMap { $0.flatMap { self.subject(of: $0) } }.first
        }
    }

    private func subject(of base: Target.Base) -> String? {
        if case .value(let expression) = base, case .element(let target) = expression.kind { subject(of: target) } else { nil }
    }

    /// The top-level key of a target in the settings if it concerns Rollcall.
    func subject(of target: Target) -> String? {
        guard isSettings(target.base), case .key(let expression)? = target.subscripts.first else { return nil }
        guard let key = plainText(expression) else { return nil }
        return concerns(key) ? key : nil
    }

    func isSettings(_ base: Target.Base) -> Bool {
        switch base {
        case .variable(let name):
            if case .hash(let id)? = variable(name)?.content { id == settings } else { false }
        case .value(let expression):
            if case .element(let target) = expression.kind, target.subscripts.isEmpty { isSettings(target.base) } else { false }
        }
    }

    private func plainText(_ expression: Expression) -> String? {
        switch expression.kind {
        case .text(let text): text.proper
        case .element(let target) where target.subscripts.isEmpty:
            if case .variable(let name) = target.base, case .text(let text)? = variable(name)?.content {
                text.proper
            } else {
                nil
            }
        default: nil
        }
    }
}
