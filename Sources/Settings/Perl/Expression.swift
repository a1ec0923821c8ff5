/// A value as it is written: what the evaluator turns into a `Value`.
struct Expression {
    indirect enum Kind {
        case text(String)
        case number(Number)
        case undefined
        /// A double-quoted string with variables in it.
        case joined([Expression])
        /// `( … )`: its elements become part of the list around it.
        case list([Expression])
        case array([Expression])
        case hash([Expression])
        case element(Target)
        /// `@name`, `@{ … }`: the elements of an array; `%…`: the pairs of a hash.
        case elements(of: Expression)
        /// Operators of equal rank, from left to right.
        case arithmetic(Expression, [(String, Expression)])
        case negated(Expression)
        /// What could not be read and has been reported by the parser.
        case unreadable
    }

    /// Where it begins.
    let offset: Int
    let kind: Kind

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

/// A place in a data structure, such as `$Self->{CustomerUser}{Params}`.
struct Target {
    enum Subscript {
        case key(Expression)
        case index(Expression)
    }

    /// `$Self`, `@list`, `%hash`, with the sigil of the variable that is meant.
    let variable: String
    let subscripts: [Subscript]
    let offset: Int

    /// The hash of settings itself.
    static let settings = "$Self"
    static let environment = "%ENV"
}

/// A statement, as far as it matters.
struct Statement {
    enum Kind {
        /// `target = value`, with `||=`, `.=` and the like; `isNew` for `my` and `our`.
        case assign(Target, String, Expression, isNew: Bool)
        case push(Target, [Expression], atFront: Bool)
        case delete(Target)
        /// `{ … }`; a `return` leaves the sub, not only the block.
        case block([Statement], isSub: Bool)
        /// `return`: nothing after it happens.
        case leave
        /// Code that is not read, with what it may alter.
        case code([Mention], what: String)
    }

    let offset: Int
    let kind: Kind
    /// Flaws in its text: they count only if the statement concerns Rollcall.
    var problems: [SyntaxProblem] = []
}

/// A variable that skipped code names.
struct Mention {
    let target: Target
    /// The code assigns to it, or may.
    let isWritten: Bool
}
