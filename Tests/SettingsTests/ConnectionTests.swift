import Foundation
import Model
import Testing

@testable import Settings

@Suite("How a back end is reached")
struct ConnectionTests {
    @Test(
        "given a host, when read, then it is this server",
        arguments: [
            ("Host => 'a.example'", Server.tcp(host: "a.example", port: 389, tls: false)),
            ("Host => 'a.example:3389'", .tcp(host: "a.example", port: 3389, tls: false)),
            ("Host => 'LDAPS://a.example/'", .tcp(host: "a.example", port: 636, tls: true)),
            ("Host => 'ldap://[2001:db8::1]:390'", .tcp(host: "2001:db8::1", port: 390, tls: false)),
            ("Host => '2001:db8::1'", .tcp(host: "2001:db8::1", port: 389, tls: false)),
            ("Host => 'ldapi://%2Frun%2Fslapd%2Fldapi'", .local(path: "/run/slapd/ldapi")),
            ("Host => 'a.example', Params => { port => 1389 }", .tcp(host: "a.example", port: 1389, tls: false)),
            ("Host => 'a.example', Params => { scheme => 'ldaps' }", .tcp(host: "a.example", port: 636, tls: true)),
            ("Host => 'ldap://a.example:1', Params => { port => '1389' }", .tcp(host: "a.example", port: 1, tls: false)),
        ])
    func host(_ parameters: String, _ server: Server) {
        let reading = read(parameters: parameters)
        #expect(reading.lines == [])
        #expect(reading.backEnd?.connection.servers == [server])
    }

    @Test("given several hosts, when read, then they keep their order")
    func hosts() {
        let reading = read(parameters: "Host => [ 'b', 'ldaps://a' ],")
        #expect(
            reading.backEnd?.connection.servers == [
                .tcp(host: "b", port: 389, tls: false), .tcp(host: "a", port: 636, tls: true),
            ])
    }

    @Test(
        "given an unusable host, when read, then this is said",
        arguments: [
            ("{}", " is a hash."), ("[]", " is an empty list."), ("''", " '' is empty."),
            ("'http://a'", " 'http://a' has the scheme 'http'."),
            ("'a:99999'", " 'a:99999' has a port that is none from 1 to 65535."),
            ("'ldap://a/dc=x'", " 'ldap://a/dc=x' has a path; the base belongs in BaseDN."),
            ("'ldap://me:secret@a'", " names no host, or more than a host."),
            ("'ldapi://'", " 'ldapi://' names no socket; write its path as in ldapi://%2Frun%2Fslapd%2Fldapi."),
            ("'ldap://'", " 'ldap://' names no host."), ("'ldap://[::1]x'", " 'ldap://[::1]x' has text after ']'."),
        ])
    func unusableHost(_ value: String, _ flaw: String) {
        let expected =
            "error: CustomerUser1 Params.Host\(flaw) Expected one host or a list, such as 'ldaps://ldap.example.org'."
        #expect(read(parameters: "Host => \(value),").messages == [expected])
    }

    @Test("given name and password, when read, then it binds with them and shows no password")
    func credentials() throws {
        let reading = read(parameters: "UserDN => 'cn=r', UserPw => 'geheim',")
        #expect(reading.lines == [])
        let credentials = try #require(reading.backEnd?.connection.credentials)
        #expect(credentials == .simple(name: "cn=r", password: Secret("geheim")))
        #expect(!String(reflecting: reading).contains("geheim"))
    }

    @Test("given half of the credentials, when read, then it binds anonymously and says so")
    func halfCredentials() {
        let name = read(parameters: "UserDN => 'cn=r',")
        let secret = read(parameters: "UserPw => 'geheim',")
        let place = "CustomerUser1 Params"
        #expect(
            name.messages == [
                "warning: \(place).UserDN has no password beside it, so Rollcall binds anonymously. Add UserPw or UserPwFile."
            ])
        #expect(
            secret.messages == ["warning: \(place).UserPw has no UserDN beside it, so Rollcall binds anonymously. Add UserDN."])
        #expect([name, secret].allSatisfy { $0.backEnd?.connection.credentials == .anonymous })
        #expect(read(parameters: "UserDN => '', UserPw => '',").lines == [])
    }

    @Test("given a missing value before the password, when read, then no message shows the password")
    func shiftedKeys() {
        #expect(
            read(parameters: "'UserDN', UserPw => 'geheim', GroupDN => 'x', 'y',").lines == [
                "z.pm:8:19: error: CustomerUser1 Params has the key 'UserPw' where a value belongs. "
                    + "Look for a missing value before it."
            ])
    }

    @Test(
        "given a password in a flawed text, when read, then no message shows it",
        arguments: [
            "UserPw => geheim,", "UserPw => 'geheim' 'geheim',", "UserPw => \"geheim$geheim@geheim\",", "UserPw 'geheim',",
            "UserPw = 'geheim',", "UserPw => ['geheim'],", "UserPw => 'geheim;", "UserPw => q{geheim,", "UserPw => 'a'geheim',",
            "Host => 'ldap://cn=r:geheim@a',", "UserPw => geheim->new,", "UserPw => 'geheim' . {},",
            "UserPw => ('geheim', 2) x 2,",
        ])
    func hiddenPassword(_ parameter: String) {
        let lines = read(parameters: parameter + " UserDN => 'cn=r',").lines
        #expect(!lines.isEmpty)
        #expect(!lines.joined().contains("geheim"))
    }

    @Test("given name and password in each other's place, when read, then this is said and neither is shown")
    func exchanged() {
        let reading = read(parameters: "UserDN => 'geheim', UserPw => 'cn=r,dc=acme',")
        #expect(
            reading.messages == [
                "error: CustomerUser1 Params.UserDN is no DN, and UserPw is one: they seem to stand in each other's place. "
                    + "Exchange them."
            ])
        #expect(reading.dump()?.contains("geheim") == false)
        #expect(read(parameters: "UserDN => 'ACME\\\\reader', UserPw => 'a=b',").messages == [])
    }

    @Test("given an environment variable, when it is set, then it is the password")
    func environment() {
        let text = Sample.file(Sample.backEnd(parameters: "UserDN => 'cn=r', UserPw => $ENV{PW},"))
        let credentials = read(text, environment: ["PW": "x"]).backEnd?.connection.credentials
        #expect(credentials == .simple(name: "cn=r", password: Secret("x")))
    }

    @Test("given a password over plain LDAP, when the host is elsewhere, then it is a warning that names the remedy")
    func plainPassword() {
        let bind = "UserDN => 'cn=r', UserPw => 'x',"
        let warning =
            "warning: CustomerUser1 Params.Host sends the bind password to ldap://a.example:389 in plain text. "
            + "Write ldaps://, or add StartTLS => 'require'."
        #expect(read(parameters: "Host => 'a.example', " + bind).messages == [warning])
        for host in ["localhost", "127.0.0.1", "ldap://[::1]", "ldaps://a.example", "ldapi://%2Fa"] {
            #expect(read(parameters: "Host => '\(host)', " + bind).lines == [])
        }
        #expect(read(parameters: "Host => '127.0.0.1.acme.example', " + bind).lines.count == 1)
        #expect(read(parameters: "Host => 'a.example', StartTLS => 1, " + bind).lines == [])
    }

    private static let requireTLS = "$Self->{'Rollcall::RequireTLS'} = 1;"

    @Test("given a list of servers with and without TLS, when read with a password, then each without it is told")
    func mixedServers() {
        let parameters = "UserDN => 'cn=r', UserPw => 'x', Host => [ 'ldaps://a', 'b', 'ldapi://%2Fc', 'ldap://d:390' ],"
        let told = ["b:389", "d:390"].map { "CustomerUser1 Params.Host sends the bind password to ldap://\($0) in plain text" }
        let remedy = "Write ldaps://, or add StartTLS => 'require'."
        #expect(read(parameters: parameters).messages == told.map { "warning: \($0). \(remedy)" })
        #expect(
            read(parameters: parameters, after: Self.requireTLS).messages
                == told.map { "error: \($0), which Rollcall::RequireTLS forbids. \(remedy)" })
    }

    @Test("given that TLS is required, when a back end has none, then it is an error at the host, also without a bind")
    func requiredTLS() {
        #expect(
            read(parameters: "Host => 'a.example',", after: Self.requireTLS).lines == [
                "z.pm:8:17: error: CustomerUser1 Params.Host reads people from ldap://a.example:389 in plain text, which "
                    + "Rollcall::RequireTLS forbids. Write ldaps://, or add StartTLS => 'require'."
            ])
        for host in ["localhost", "127.0.0.1", "ldap://[::1]", "ldaps://a.example", "ldapi://%2Fa"] {
            #expect(read(parameters: "Host => '\(host)',", after: Self.requireTLS).lines == [])
        }
        #expect(read(parameters: "Host => 'a.example', StartTLS => 1,", after: Self.requireTLS).lines == [])
        let off = "$Self->{'Rollcall::RequireTLS'} = 0;"
        #expect(read(parameters: "Host => 'a.example',", after: off).lines == [])
    }

    @Test("given TLS options, when read, then they are all there")
    func options() {
        let reading = read(
            parameters: """
                Params => { verify => 'optional', cafile => '/ca', capath => '/cas', clientcert => '/c', clientkey => '/k',
                    timeout => '7', async => 1, version => 3 },
                """)
        #expect(reading.lines == [])
        #expect(
            reading.backEnd?.connection.security
                == TransportSecurity(
                    verification: .optional, caFile: "/ca", caFolder: "/cas", clientCertificate: "/c", clientKey: "/k"))
        #expect(reading.backEnd?.connection.timeoutSeconds == 7)
    }

    @Test("given unusable options, when read, then each is told")
    func unusableOptions() {
        let options = "Params => { verify => 'maybe', timeout => 0, port => 'x', scheme => 'http', onerror => 'die' },"
        let place = "CustomerUser1 Params.Params"
        #expect(
            read(parameters: options).messages == [
                "error: \(place).verify is 'maybe'. Expected 'require', 'optional' or 'none'.",
                "error: \(place).timeout is '0'. Expected a whole number of seconds, 1 to 3600.",
                "error: \(place).port is 'x'. Expected a whole number, 1 to 65535.",
                "error: \(place).scheme is 'http'. Expected 'ldap', 'ldaps' or 'ldapi'.",
                "warning: \(place).onerror is unknown to Rollcall and has no effect. Remove it, or correct its name.",
            ])
    }

    @Test("given verify none, when read, then it is a warning that names the remedy")
    func unverified() {
        let reading = read(parameters: "Params => { verify => 'none' },")
        #expect(
            reading.messages == [
                "warning: CustomerUser1 Params.Params.verify is 'none': anybody on the way can pose as the directory and read "
                    + "the password. Write 'require', and name the authority's certificate with cafile."
            ])
        #expect(reading.backEnd?.connection.security.verification == TransportSecurity.Verification.none)
    }

    @Test("given the numbered fallbacks, when the back end says nothing, then they count")
    func fallbacks() {
        let fallbacks =
            "$Self->{'AuthModule::LDAP::Params1'} = { port => 1389 }; $Self->{'AuthModule::LDAP::StartTLS1'} = 'optional';"
        let security = TransportSecurity(startTLS: true, verification: .optional)
        let reading = read(parameters: "Host => 'a',", after: fallbacks)
        #expect(reading.lines == [])
        #expect(reading.backEnd?.connection.servers == [.tcp(host: "a", port: 1389, tls: false)])
        #expect(reading.backEnd?.connection.security == security)
        let own = read(parameters: "Host => 'a', Params => {}, StartTLS => 'on',", after: fallbacks)
        #expect(own.backEnd?.connection.servers == [.tcp(host: "a", port: 389, tls: false)])
        #expect(own.backEnd?.connection.security == TransportSecurity(startTLS: true))
        #expect(read(after: fallbacks).backEnd?.connection.security == TransportSecurity())
    }

    @Test("given an unknown StartTLS, when read, then it is an error; none is a warning")
    func unusableStartTLS() {
        #expect(
            read(parameters: "Host => 'a', StartTLS => 'maybe',").messages == [
                "error: CustomerUser1 Params.StartTLS is 'maybe'. Expected 'require', 'optional' or 'none'."
            ])
        #expect(
            read(parameters: "Host => 'a', StartTLS => 'none',").messages == [
                "warning: CustomerUser1 Params.StartTLS is 'none': anybody on the way can pose as the directory and read "
                    + "the password. Write 'require', and name the authority's certificate with cafile."
            ])
    }

    @Test("given a password file where no file is read, when read, then it is an error that says so")
    func noFiles() {
        #expect(
            read(parameters: "UserDN => 'cn=r', UserPwFile => '/pw',").messages == [
                "error: CustomerUser1 Params.UserPwFile '/pw' cannot be read: files are not read here. "
                    + "Correct the path, or let Rollcall's user read it."
            ])
    }

    @Test("given StartTLS beside ldaps, when read, then it is a warning")
    func startTLSBesideTLS() {
        #expect(
            read(parameters: "StartTLS => 'require',").messages == [
                "warning: CustomerUser1 Params.StartTLS has no effect: every server is reached by ldaps:// or ldapi://. Remove it."
            ])
    }
}
