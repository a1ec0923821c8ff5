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
        let untold = report(statement)
        reportDoubts(statement)
        isStrict = statement.isStrict
        switch statement.kind {
        case .assign(let assignment):
            count(statement)
            run(untold.map(assignment.giving) ?? assignment)
        case .declare(let names): for name in names { declare(name, at: statement.offset) }
        case .push(let array, let items, let atFront):
            count(statement)
            push(untold.map { [Expression(unreadable: $0)] } ?? items, to: array, atFront: atFront)
        case .take(let expression): _ = value(of: expression)
        case .delete(let target):
            count(statement)
            delete(target)
        case .code(let mentions, let what):
            count(statement)
            for mention in mentions { spoil(mention, what: what, at: statement.offset) }
        case .sub: passedOver.subs += statement.flaws.isEmpty ? 1 : 0
        case .block, .load, .leave: break
        }
        for mention in statement.mentions { spoil(mention, what: "code", at: statement.offset) }
    }

    mutating func declare(_ name: String, at offset: Int) {
        switch name.first {
        case "@": setVariable(name, Held(.array(heap.make([])), at: offset), isNew: true)
        case "%": setVariable(name, Held(.hash(heap.makeHash()), at: offset), isNew: true)
        default: setVariable(name, Held(.undefined, at: offset), isNew: true)
        }
    }
}
