/// A statement, as far as it matters.
struct Statement {
    enum Kind {
        case assign(Assignment)
        /// `my $x;`
        case declare([String])
        case push(Aggregate, [Expression], atFront: Bool)
        /// `shift;` and `pop;`, whose value nobody wants.
        case take(Expression)
        case delete(Target)
        case block([Statement])
        /// `sub Load { … }` of a package; its statements run when the file has been read.
        case load(Load)
        /// `return`: nothing after it happens.
        case leave
        /// Code that is not read, with what it may alter.
        case code([Mention], what: String)
        /// What says nothing: other subs.
        case sub
    }

    let offset: Int
    let kind: Kind
    /// Mistakes that Perl does not compile, either.
    var flaws: [PerlFlaw] = []
    /// Nothing of it had to be given up, so its flaws are certain.
    var isPlain = true
    /// The variables in what had to be given up of a value.
    var mentions: [Mention] = []
    /// `use strict` is in force: variables have to be declared.
    var isStrict = false
    /// A slip in code that is not read, by all appearances.
    var doubt: PerlFlaw?
    /// Keys in braces that code which is not read names.
    var names: [PerlText] = []
    /// Code in it may `return`.
    var mayLeave = false
}

/// `sub Load` of a package.
struct Load {
    let package: String
    let statements: [Statement]
    /// The variables of its signature, if it has one.
    let parameters: [String]
    let offset: Int
}

/// A variable that skipped code names.
struct Mention {
    let target: Target
    /// The code assigns to it, or may.
    let isWritten: Bool
    /// The whole variable stands between the parentheses of a call, or before `->` and a method.
    let isHandedOver: Bool
}
