/// Fourth stage: statements to the hash of settings that Perl would build.
///
/// What is no data becomes an unknown value. It is reported only where a key that concerns Rollcall takes it up.
struct Evaluator {
    let source: SourceText
    let environment: [String: String]
    /// Whether a top-level key concerns Rollcall.
    let concerns: (String) -> Bool
    private(set) var problems: [SyntaxProblem] = []
    /// `$Self`.
    private(set) var settings: Value
    /// Variables by scope, the innermost last.
    var scopes: [[String: Value]] = [[:]]
    /// The key that is being assigned if it concerns Rollcall; nil keeps findings silent.
    var subject: String?

    init(source: SourceText, environment: [String: String], defaults: Hash, concerns: @escaping (String) -> Bool) {
        self.source = source
        self.environment = environment
        self.concerns = concerns
        settings = Value(.hash(defaults), at: 0)
    }

    mutating func run(_ statements: [Statement]) { _ = leaves(statements) }

    /// Reports a finding about the key that is being assigned, if that concerns Rollcall.
    mutating func report(_ offset: Int, _ message: String) {
        if let subject { report(offset, about: subject, message) }
    }

    mutating func report(_ offset: Int, about name: String, _ message: String) {
        problems.append(SyntaxProblem(offset: offset, message: "\(name): \(message)"))
    }

    /// Whether a `return` ended the statements.
    private mutating func leaves(_ statements: [Statement]) -> Bool {
        for statement in statements {
            if case .leave = statement.kind { return true }
            if case .block(let inner, let isSub) = statement.kind {
                scopes.append([:])
                defer { scopes.removeLast() }
                if leaves(inner), !isSub { return true }
            } else {
                run(statement)
            }
        }
        return false
    }

    private mutating func run(_ statement: Statement) {
        switch statement.kind {
        case .assign(let target, let sign, let value, let isNew):
            let isReadable = begin(target, statement)
            assign(target, sign, isReadable ? value : Expression(.unreadable, at: value.offset), isNew: isNew)
        case .push(let target, let items, let atFront):
            _ = begin(target, statement)
            push(items, to: target, atFront: atFront)
        case .delete(let target):
            _ = begin(target, statement)
            delete(target)
        case .code(let mentions, let what): for mention in mentions { spoil(mention, what: what, at: statement.offset) }
        case .block, .leave: break
        }
        subject = nil
    }

    /// Finds out whom the statement concerns, and reports its flaws if that is Rollcall.
    ///
    /// - Returns: false if it has flaws that nobody hears of, so that its value must not be used.
    private mutating func begin(_ target: Target, _ statement: Statement) -> Bool {
        subject = concernedKey(of: target)
        for problem in statement.problems { report(problem.offset, problem.message) }
        return subject != nil || statement.problems.isEmpty
    }

    /// The top-level key of a target in the settings if it concerns Rollcall.
    mutating func concernedKey(of target: Target) -> String? {
        guard target.variable == Target.settings, case .key(let expression)? = target.subscripts.first else { return nil }
        if let key = value(of: expression).text { return concerns(key) ? key : nil }
        guard case .joined(let parts) = expression.kind, case .text(let start)? = parts.first?.kind else { return nil }
        return Self.families.contains { start.hasPrefix($0) } ? start + "…" : nil
    }

    /// Code has named a variable: what it holds afterwards is not known.
    private mutating func spoil(_ mention: Mention, what: String, at offset: Int) {
        let target = mention.target
        if target.variable == Target.settings {
            guard mention.isWritten, !target.subscripts.isEmpty else { return }
            subject = concernedKey(of: target)
            report(target.offset, "\(what) sets it, and Rollcall does not run code. Write '$Self->{…} = value;' alone.")
            subject = nil
            store(Value(.unknown(because: offset), at: offset), in: Target(target.variable, target.subscripts.prefix(1)))
        } else if target.variable != Target.environment {
            if mention.isWritten || variable(target.variable) != nil {
                setVariable(target.variable, Value(.unknown(because: offset), at: offset))
            }
        }
    }

    private static let families = ["Customer", "Rollcall::", "System::Customer", "AuthModule::LDAP"]
}

extension Evaluator {
    /// Where a variable lives, or would.
    func variable(_ name: String) -> Value? {
        name == Target.settings ? settings : scopes.last { $0[name] != nil }?[name]
    }

    mutating func setVariable(_ name: String, _ value: Value, isNew: Bool = false) {
        if name == Target.settings {
            settings = value
        } else if !isNew, let scope = scopes.lastIndex(where: { $0[name] != nil }) {
            scopes[scope][name] = value
        } else {
            scopes[scopes.count - 1][name] = value
        }
    }
}

extension Target {
    init(_ variable: String, _ subscripts: some Sequence<Subscript>, at offset: Int = 0) {
        self.init(variable: variable, subscripts: Array(subscripts), offset: offset)
    }
}
