extension Evaluator {
    mutating func call(_ function: Function, _ arguments: [Expression], at offset: Int) -> Held {
        do {
            switch function {
            case .join: return try join(arguments, at: offset).get()
            case .translatable: return arguments.first.map { value(of: $0) } ?? Held(.undefined, at: offset)
            case .decode: return try decode(arguments, at: offset).get()
            case .decodeUTF8: return try decoded(arguments.first, from: .utf8, at: offset).get()
            case .lc, .uc, .lcfirst, .ucfirst, .quotemeta:
                guard arguments.count == 1 else { return unknown(offset, "'\(function.rawValue)' takes one value. Write one.") }
                let text = try text(of: arguments[0]).get()
                return made(changed(text, function), at: offset)
            }
        } catch {
            return Held(unknown: error)
        }
    }

    private func changed(_ text: PerlText, _ function: Function) -> PerlText {
        switch function {
        case .lc: text.lowercased
        case .uc: text.uppercased
        case .lcfirst: text.changingFirst { $0.lowercased }
        case .ucfirst: text.changingFirst { $0.titlecased }
        default: text.quoted
        }
    }

    private mutating func join(_ arguments: [Expression], at offset: Int) -> Result<Held, PerlFlaw> {
        guard let first = arguments.first else { return .failure(PerlFlaw(at: offset, "'join' has no separator. Write one.")) }
        return text(of: first).flatMap { separator in joined(Array(arguments.dropFirst()), by: separator, at: offset) }
            .map { Held(.text($0), at: offset) }
    }

    /// `Encode::decode('utf-8', 'text')`
    private mutating func decode(_ arguments: [Expression], at offset: Int) -> Result<Held, PerlFlaw> {
        guard arguments.count > 1 else {
            return .failure(PerlFlaw(at: offset, "'decode' takes a charset and a text. Write both."))
        }
        return text(of: arguments[0]).flatMap { name in
            guard let charset = PerlText.Charset(name: name.characters) else {
                return .failure(
                    PerlFlaw(at: offset, "'decode' is given a charset other than UTF-8 and Latin-1. Write the text itself."))
            }
            return decoded(arguments[1], from: charset, at: offset)
        }
    }

    private mutating func decoded(
        _ argument: Expression?, from charset: PerlText.Charset, at offset: Int
    ) -> Result<Held, PerlFlaw> {
        guard let argument else { return .success(Held(.undefined, at: offset)) }
        let value = value(of: argument)
        if value.isUndefined { return .success(value) }
        return text(value, at: offset).flatMap { text in
            text.decoded(from: charset).map { .success(Held(.text($0), at: offset)) }
                ?? .failure(
                    PerlFlaw(
                        at: offset, "this text is decoded a second time, which Perl makes nonsense of. Remove the decoding."))
        }
    }
}
