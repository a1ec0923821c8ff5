import Model

/// What reading a configuration file has come to.
package struct ConfigurationReading: Sendable {
    /// Nil if there is any error.
    package let configuration: Configuration?
    /// Where the store is, as far as the file could be followed: all that a look at the store needs. Nil if there is no
    /// file to follow.
    package let storePath: String?
    /// In file order.
    package let diagnostics: [Diagnostic]

    package var isUsable: Bool { configuration != nil }
}

/// Reads `ZZZ_CustomerBackend.pm` and its kind as data. Perl is never run.
///
/// bytes -> `Lexer` -> `Brackets` -> `Parser` -> `Evaluator` -> `SettingsDecoder` -> `Configuration`.
package enum ConfigurationReader {
    /// Reads bytes. `UserPwFile` is an error here, because no file is opened.
    package static func read(_ bytes: [UInt8], file: String, environment: [String: String]) -> ConfigurationReading {
        read(bytes, file: file, environment: environment) { _ throws(PasswordFileProblem) in
            throw PasswordFileProblem(reason: "files are not read here")
        }
    }

    /// Reads bytes; `readPassword` answers for `UserPwFile`.
    static func read(
        _ bytes: [UInt8], file: String, environment: [String: String], readPassword: @escaping SettingsDecoder.PasswordReader
    ) -> ConfigurationReading {
        if let reason = ForeignFile.reason(bytes) {
            return ConfigurationReading(
                configuration: nil, storePath: nil, diagnostics: [Diagnostic(.error, file: file, message: reason)])
        }
        let source = SourceText(bytes)
        var findings = Findings()
        if source.isLatin1 {
            findings.warning(at: 0, "the file is not UTF-8 and has been read as Latin-1. Save it as UTF-8, with 'use utf8;'.")
        }
        let settings = settings(in: source, environment: environment, into: &findings)
        let configuration = settings.map { decode($0, into: &findings, readPassword) }
        return ConfigurationReading(
            configuration: findings.hasErrors ? nil : configuration, storePath: configuration?.storePath,
            diagnostics: findings.diagnostics(in: source, file: file))
    }

    /// The hash that the file describes. Nil if its text cannot be followed at all.
    static func settings(in source: SourceText, environment: [String: String], into findings: inout Findings) -> Hash? {
        var lexer = Lexer(source)
        lexer.run()
        if let problem = lexer.problem { findings.error(at: problem.offset, problem.message) }
        let tokens = readable(lexer)
        let brackets = Brackets(tokens, source: source)
        if lexer.problem == nil || brackets.isTooDeep {
            for problem in brackets.problems { findings.error(at: problem.offset, problem.message) }
        }
        guard !brackets.isTooDeep else { return nil }
        var parser = Parser(source: source, tokens: tokens, brackets: brackets)
        var evaluator = Evaluator(
            source: source, environment: environment, defaults: Defaults.settings, concerns: Keys.concern)
        evaluator.run(parser.statements())
        for problem in evaluator.problems { findings.error(at: problem.offset, problem.message) }
        guard lexer.problem == nil, case .hash(let hash) = evaluator.settings.content else { return nil }
        return hash
    }

    /// The tokens before the statement in which an unterminated quote opens; after it nothing has a meaning.
    private static func readable(_ lexer: Lexer) -> [Token] {
        guard let problem = lexer.problem else { return lexer.tokens }
        let before = lexer.tokens.prefix { $0.start < problem.offset }
        guard let last = before.lastIndex(where: { $0.isSymbol(";") }) else { return [] }
        return Array(before[...last])
    }

    private static func decode(
        _ settings: Hash, into findings: inout Findings, _ readPassword: @escaping SettingsDecoder.PasswordReader
    ) -> Configuration {
        var decoder = SettingsDecoder(settings, readPassword: readPassword)
        decoder.findings = findings
        let configuration = decoder.decode()
        findings = decoder.findings
        return configuration
    }
}
