/// A value as it is written: what the evaluator turns into what Perl would hold.
struct Expression {
    indirect enum Kind {
        case text(PerlText)
        case number(Number)
        case undefined
        /// A double-quoted string with variables in it; arrays are joined by a space.
        case joined([Expression])
        /// `( … )` and `qw( … )`: its elements become part of the list around it.
        case list([Expression])
        /// `[ … ]`
        case array([Expression])
        /// `{ … }`
        case hash([Expression])
        case element(Target)
        /// All of an array or a hash where a list is wanted.
        case elements(Aggregate)
        /// `\@name` and `\%name`.
        case reference(Aggregate)
        /// Operators of equal rank, from left to right.
        case operation(Expression, [(Operator, Expression)])
        /// As many minus signs before a value.
        case negated(Expression, times: Int)
        /// `||` and, with `definedOnly`, `//`, from left to right.
        case firstOf([Expression], definedOnly: Bool)
        case call(Function, [Expression])
        /// `shift` and `pop`.
        case taken(from: Aggregate, atFront: Bool)
        case assignment(Assignment)
        /// What has its value already.
        case held(Held)
        /// What is no data, with what to say of it where somebody needs its value.
        case unreadable(PerlFlaw)
    }

    /// Where it begins.
    let offset: Int
    let kind: Kind

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    init(unreadable flaw: PerlFlaw) { self.init(.unreadable(flaw), at: flaw.offset) }

    /// Whether nothing of it had to be given up.
    var isReadable: Bool { if case .unreadable = kind { false } else { true } }
}

/// Functions of Perl that turn plain values into a plain value.
enum Function: String, CaseIterable {
    case lc, uc, lcfirst, ucfirst, quotemeta, join
    /// The ticket system's mark for words that are translated where they are shown.
    case translatable = "Translatable"
    case decodeUTF8 = "decode_utf8"
    case decode

    init?(word: String) {
        let name = word.hasPrefix("Encode::") ? String(word.dropFirst(8)) : word
        self.init(rawValue: name)
        if name != word, self != .decode, self != .decodeUTF8 { return nil }
    }

    /// Whether Perl takes one value for it without parentheses.
    var isUnary: Bool {
        switch self {
        case .lc, .uc, .lcfirst, .ucfirst, .quotemeta: true
        case .join, .translatable, .decodeUTF8, .decode: false
        }
    }
}

/// A place for one value, such as `$x`, `$Self->{CustomerUser}{Params}`, `$list[0]`.
struct Target {
    enum Subscript {
        case key(Expression)
        case index(Expression)
    }

    indirect enum Base {
        /// `$x`, or the `@x` or `%x` of which this is an element.
        case variable(String)
        /// `${ … }`, `$$x`: what a reference leads to.
        case value(Expression)
    }

    let base: Base
    let subscripts: [Subscript]
    let offset: Int

    /// The name if it is a variable without subscripts.
    var variable: String? {
        guard subscripts.isEmpty, case .variable(let name) = base else { return nil }
        return name
    }

    static let environment = "%ENV"
}

/// An array or a hash as a whole: `@x`, `%x`, `@{ $Self->{K} }`, `%$x`.
struct Aggregate {
    let isHash: Bool
    let base: Target.Base
    let offset: Int
}

/// `target = value`, with `||=`, `.=` and the like.
struct Assignment {
    enum Place {
        case one(Target)
        /// `@x = …`, `%{ … } = …`
        case all(Aggregate)
        /// `($x, undef, @y) = …`; nil passes a value over.
        case several([Place?])
    }

    let place: Place
    /// `=`, `||=`, `.=` …
    let sign: String
    let value: Expression
    /// Declared here with `my` or `our`.
    let isNew: Bool
    let offset: Int

    /// The same assignment of a value that is not known.
    func giving(_ flaw: PerlFlaw) -> Assignment {
        Assignment(place: place, sign: sign, value: Expression(unreadable: flaw), isNew: isNew, offset: offset)
    }
}
