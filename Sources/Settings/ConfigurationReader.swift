import Model

/// What reading a configuration has come to.
package struct ConfigurationReading: Sendable, CustomReflectable {
    /// Nil if there is any error.
    package let configuration: Configuration?
    /// Where store and change log are, as far as the files could be followed: all that a look at them needs. Nil if there is
    /// nothing to follow.
    package let storePath: String?
    package let changeLogPath: String?
    /// In the order of the files and of what stands in them.
    package let diagnostics: [Diagnostic]
    /// What did not concern Rollcall, in words.
    package let passedOver: String
    /// The settings that concern Rollcall, as Perl would hold them, as far as they are known.
    let settings: Hash
    let sources: SourceMap

    package var isUsable: Bool { configuration != nil }

    /// Without the texts, which hold passwords.
    package var customMirror: Mirror {
        Mirror(self, children: ["configuration": configuration as Any, "diagnostics": diagnostics])
    }

    /// The configuration in words. Nil if there is none.
    package var explanation: Explanation? { configuration.map { Explanation($0, settings: settings) } }

    /// `FILE:LINE:COLUMN` of a byte of the files.
    package func place(at offset: Int) -> String {
        guard let text = sources.text(at: offset) else { return "" }
        let place = text.place(at: offset)
        return "\(text.path):\(place.line):\(place.column)"
    }

    /// Every setting that concerns Rollcall is known as Perl would hold it, whether Rollcall can use it or not.
    package let isFollowed: Bool
}

/// Reads `ZZZ_CustomerBackend.pm` and its kind as data. Perl is never run.
///
/// bytes -> `Lexer` -> `Brackets` -> `Parser` -> `Evaluator` -> `Freezer` -> `SettingsDecoder` -> `Configuration`.
package enum ConfigurationReader {
    /// Reads the bytes of one file. `UserPwFile` is an error here, because no file is opened.
    package static func read(_ bytes: [UInt8], file: String, environment: [String: String]) -> ConfigurationReading {
        read([SourceFile(path: file, bytes: bytes)], environment: environment) { _ throws(PasswordFileProblem) in
            throw PasswordFileProblem(reason: "files are not read here")
        }
    }

    /// Reads files in the order in which they take effect; one that comes again is told of once.
    static func read(
        _ files: [SourceFile], problems: [Diagnostic] = [], environment: [String: String],
        readPassword: @escaping SettingsDecoder.PasswordReader, isExposed: @escaping (String) -> Bool = { _ in false }
    ) -> ConfigurationReading {
        var run = SettingsRun(environment: environment)
        run.run(files)
        let settings = run.settings()
        let isFollowed = problems.isEmpty && run.problems.isEmpty && !run.findings.hasErrors
        var configuration: Configuration?
        if run.isReadable, problems.isEmpty {
            var decoder = SettingsDecoder(settings, readPassword: readPassword)
            decoder.findings = run.findings
            decoder.exposedFile = { [run] in run.exposedFile(at: $0) }
            decoder.isExposed = isExposed
            configuration = decoder.decode()
            run.findings = decoder.findings
        }
        let isUsable = problems.isEmpty && run.problems.isEmpty && !run.findings.hasErrors
        return ConfigurationReading(
            configuration: isUsable ? configuration : nil, storePath: configuration?.storePath,
            changeLogPath: configuration?.changeLogPath,
            diagnostics: problems + run.problems + run.findings.diagnostics(in: run.evaluator.sources),
            passedOver: run.evaluator.passedOver.description, settings: settings, sources: run.evaluator.sources,
            isFollowed: isFollowed)
    }
}
