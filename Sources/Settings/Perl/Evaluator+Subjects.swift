extension Evaluator {
    /// Tells the mistakes of a statement that concerns Rollcall, or whose mistakes are certain.
    ///
    /// - Returns: a mistake of which nobody hears, so that the value of the statement must not be used.
    @discardableResult
    mutating func report(_ statement: Statement) -> PerlFlaw? {
        let subject = subject(of: statement)
        guard subject != nil || statement.isPlain else { return statement.flaws.first }
        for flaw in statement.flaws { fail(at: flaw.offset, subject.map { "\($0): " + flaw.message } ?? flaw.message) }
        return nil
    }

    /// Tells what in code may make a difference, though nothing in it is known.
    mutating func reportDoubts(_ statement: Statement) {
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

    mutating func count(_ statement: Statement) {
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
