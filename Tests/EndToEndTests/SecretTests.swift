import Foundation
import Support
import Testing

/// No command shows a password, however it is written, unless it is asked to.
@Suite struct SecretTests {
    /// One way of writing a password into a configuration.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var parameters = ""
        var settings = ""
        /// The configuration is known as Perl would hold it, so `--show-secrets` shows the password.
        var isFollowed = true
        /// Where the password is, if not in the configuration.
        var isElsewhere = false
    }

    /// No word of any message or setting.
    private static let password = "Xq7-geheim"
    private static let name = "UserDN => 'cn=reader,dc=acme,dc=example',"

    static let ways: [Way] = [
        Way(testDescription: "a literal", parameters: "\(name) UserPw => '\(password)',"),
        Way(testDescription: "the environment", parameters: "\(name) UserPw => $ENV{ROLLCALL_TEST_SECRET},"),
        Way(
            testDescription: "a file", parameters: "\(name) UserPwFile => \"$ENV{ROLLCALL_TEST_FOLDER}/password\",",
            isElsewhere: true),
        Way(testDescription: "in place of its file", parameters: "\(name) UserPwFile => '\(password)/x',"),
        Way(testDescription: "without a name", parameters: "UserDN => '', UserPw => '\(password)',"),
        Way(
            testDescription: "a missing comma behind it", parameters: "\(name) UserPw => '\(password)' Die => 0,",
            isFollowed: false),
        Way(
            testDescription: "a missing quote behind it", parameters: "\(name) UserPw => '\(password), Die => 0,",
            isFollowed: false),
        Way(testDescription: "missing quotes", parameters: "\(name) UserPw => \(password), Die => 0,", isFollowed: false),
        Way(testDescription: "an equals sign", parameters: "\(name) UserPw = '\(password)',", isFollowed: false),
        Way(testDescription: "a sign in double quotes", parameters: "\(name) UserPw => \"\(password)$y\",", isFollowed: false),
        Way(testDescription: "a call around it", parameters: "\(name) UserPw => reverse('\(password)'),", isFollowed: false),
        Way(
            testDescription: "in place of the name",
            parameters: "UserDN => '\(password)', UserPw => 'cn=reader,dc=acme,dc=example',"),
        Way(testDescription: "two lines", parameters: "\(name) UserPw => '\(password)\n\(password)',"),
        Way(testDescription: "a list", parameters: "\(name) UserPw => ['\(password)'],"),
        Way(testDescription: "a hash", parameters: "\(name) UserPw => { '\(password)' => '\(password)' },"),
        Way(testDescription: "a shifted hash", parameters: "UserDN => , UserPw => '\(password)', Die => 0, 'x',"),
        Way(testDescription: "a misspelt key", parameters: "\(name) UserPW => '\(password)', Password => '\(password)',"),
        Way(testDescription: "a URI", parameters: "Host => 'ldap://cn=reader:\(password)@ldap.acme.example',"),
        Way(testDescription: "a URI in a list", parameters: "Host => [ 'ldaps://a', 'ldap://r:\(password)@b:1/x' ],"),
        Way(
            testDescription: "a statement of its own", settings: "$Self->{CustomerUser}{Params}{UserPw} = '\(password)' if 1;",
            isFollowed: false),
        Way(testDescription: "a database", settings: database("DBI:mysql:database=x;host=y;password=\(password)")),
        Way(testDescription: "a database with a user in its source", settings: database("DBI:Oracle:scott/\(password)@db")),
        Way(
            testDescription: "a company's shifted hash",
            settings: "$Self->{CustomerCompany} = { Params => { User => , Password => '\(password)', Table => 'x', 'y' } };"),
    ]

    private static func database(_ source: String) -> String {
        let parameters = "{ DSN => '\(source)', User => 'x', Password => '\(password)', Table => 'customer' }"
        return """
            $Self->{CustomerUser2} = { Module => 'Kernel::System::CustomerUser::DB', Params => \(parameters) };
            $Self->{CustomerCompany} = { Module => 'Kernel::System::CustomerCompany::DB', Params => \(parameters) };
            """
    }

    private static let commands: [[String]] = [
        ["check"], ["check", "--json"], ["check", "--verbose"], ["check", "--connect"], ["check", "--connect", "--json"],
        ["config", "dump"], ["config", "dump", "--pretty"], ["config", "explain"], ["config", "explain", "--json"],
    ]

    private static func run(_ rollcall: Rollcall, _ arguments: [String]) throws -> Outcome {
        try Support.run(
            Rollcall.program, arguments,
            environment: ["ROLLCALL_TEST_SECRET": password, "ROLLCALL_TEST_FOLDER": rollcall.folder.path])
    }

    @Test(arguments: ways)
    func `given a password, when any command runs, then it is nowhere to be seen`(_ way: Way) throws {
        let rollcall = try Rollcall(
            Settings.backEnd(host: "ldap://127.0.0.1:1", password: "", parameters: way.parameters) + "\n" + way.settings)
        try rollcall.folder.write(Self.password + "\n", to: "password")
        for command in Self.commands {
            let outcome = try Self.run(rollcall, command + [rollcall.configuration])
            #expect(!(outcome.output + outcome.errors).contains(Self.password), "\(command)")
        }
        let file = ["--config", rollcall.configuration]
        for command in [["run", "--once", "--log-level", "trace"], ["run", "--dry-run"], ["status"]] {
            let outcome = try Self.run(rollcall, command + file)
            #expect(!(outcome.output + outcome.errors).contains(Self.password), "\(command)")
        }
    }

    @Test(arguments: ways)
    func `given a password, when it is asked for, then the dump has it`(_ way: Way) throws {
        let rollcall = try Rollcall(
            Settings.backEnd(host: "ldap://127.0.0.1:1", password: "", parameters: way.parameters) + "\n" + way.settings)
        let dump = try Self.run(rollcall, ["config", "dump", "--show-secrets", rollcall.configuration])
        #expect(dump.status == (way.isFollowed ? 0 : 2), "\(dump.errors)")
        #expect(dump.output.isEmpty != way.isFollowed)
        #expect(dump.output.contains(Self.password) == (way.isFollowed && !way.isElsewhere), "\(dump.output)")
        #expect(!dump.errors.contains(Self.password))
    }

    @Test func `given a right password, when a directory is read and probed, then it is nowhere to be seen`() throws {
        let slapd = try Slapd(LDIF.people(2))
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.localURI))
        let cycle = try rollcall("run", "--once", "--log-level", "trace")
        #expect(cycle.status == 0)
        #expect(cycle.errors.contains("ldapsearch"), "\(cycle.errors)")
        let probe = try Self.run(rollcall, ["check", "--connect", rollcall.configuration])
        #expect(probe.status == 0)
        for outcome in [cycle, probe] { #expect(!(outcome.output + outcome.errors).contains(Slapd.password)) }
    }
}
