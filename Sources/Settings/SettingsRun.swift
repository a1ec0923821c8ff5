/// A file with its bytes. Two of one path are one file that is loaded twice.
struct SourceFile {
    let path: String
    let bytes: [UInt8]
    /// Users who are neither its owner nor in its group may read it.
    var isReadableByOthers = false
}

/// The files of a configuration on their way to one hash of settings.
struct SettingsRun {
    private(set) var evaluator: Evaluator
    var findings = Findings()
    /// What concerns a file as a whole.
    private(set) var problems: [Diagnostic] = []
    /// No file broke off in the middle, so what the settings lack is not in the files.
    private(set) var isReadable = true
    private var statements: [String: [Statement]] = [:]
    private var exposed: Set<String> = []

    /// - Parameter concerns: whether a top-level key must be data.
    init(environment: [String: String], concerns: @escaping (String) -> Bool = Keys.concern) {
        evaluator = Evaluator(environment: environment, concerns: concerns)
        evaluator.setDefaults()
    }

    mutating func run(_ files: [SourceFile]) {
        for file in files {
            if file.isReadableByOthers { exposed.insert(file.path) }
            if let known = statements[file.path] {
                let counted = evaluator.passedOver
                evaluator.run(known)
                evaluator.passedOver = counted
            } else if let reason = ForeignFile.reason(file.bytes) {
                problems.append(Diagnostic(.error, file: file.path, message: reason))
                statements[file.path] = []
                isReadable = false
            } else {
                let text = evaluator.sources.add(file.bytes, path: file.path)
                let parsed = parse(text)
                statements[file.path] = parsed
                evaluator.run(parsed)
            }
        }
        evaluator.setDefaults()
    }

    /// The file that others may read in which the value at an offset is literally written.
    func exposedFile(at offset: Int) -> String? {
        guard offset > 0, !evaluator.environmentOffsets.contains(offset), let text = evaluator.sources.text(at: offset) else {
            return nil
        }
        return exposed.contains(text.path) ? text.path : nil
    }

    /// The settings that concern Rollcall; what is no data among them is told.
    mutating func settings() -> Hash { Freezer.settings(of: evaluator, into: &findings) }

    private mutating func parse(_ source: SourceText) -> [Statement] {
        let (tokens, problem, strangers) = Lexer.tokens(of: source)
        for flaw in strangers { findings.error(at: flaw.offset, flaw.message) }
        if let problem { findings.error(at: problem.offset, problem.message) }
        let readable = problem.map { Self.tokens(before: $0, in: tokens) } ?? tokens
        let brackets = Brackets(readable, source: source)
        if problem == nil || brackets.isTooDeep {
            for flaw in brackets.problems { findings.error(at: flaw.offset, flaw.message) }
        }
        isReadable = isReadable && problem == nil && !brackets.isTooDeep
        if brackets.isTooDeep { return [] }
        if problem == nil, !source.isUTF8 {
            findings.warning(
                at: source.base, "the file is not UTF-8 and has been read as Latin-1. Save it as UTF-8, with 'use utf8;'.")
        }
        var parser = Parser(source: source, tokens: readable, brackets: brackets)
        let statements = parser.statements()
        if problem == nil, !parser.endsTrue {
            findings.warning(
                at: source.end, "the file does not end with a true value, so Perl does not load it. Write '1;' at its end.")
        }
        return statements
    }

    /// The tokens before the statement in which an unterminated quote opens; after it nothing has a meaning.
    private static func tokens(before problem: PerlFlaw, in tokens: [Token]) -> [Token] {
        let before = tokens.prefix { $0.start < problem.offset }
        guard let last = before.lastIndex(where: { $0.isSymbol(";") }) else { return [] }
        return Array(before[...last])
    }
}
