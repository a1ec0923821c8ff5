import Model
import Testing

@testable import Settings

@Suite("Binds by SASL")
struct SASLTests {
    private static let place = "CustomerUser1 SASL"
    private static let kerberos = "SASL => { mech => 'gssapi', keytab => '/k', principal => 'r@A', authzid => 'u:x' },"
    private static let external = "SASL => { mech => 'EXTERNAL' },"
    private static let certificate = "Params => { clientcert => '/c.pem' },"

    @Test("given EXTERNAL, when something says who Rollcall is to each server, then it is read")
    func external() {
        for parameters in [
            "Host => 'ldapi://%2Fa',", Self.certificate, "Host => 'ldap://a', StartTLS => 1, " + Self.certificate,
            "Host => [ 'ldapi://%2Fa', 'ldaps://b' ], " + Self.certificate,
        ] {
            let reading = read(parameters: parameters, keys: Self.external)
            #expect(reading.lines == [])
            #expect(reading.backEnd?.connection.credentials == .external(authorization: ""))
        }
        let acting = read(parameters: "Host => 'ldapi://%2Fa',", keys: "SASL => { mech => 'external', authzid => 'dn:cn=r' },")
        #expect(acting.backEnd?.connection.credentials == .external(authorization: "dn:cn=r"))
    }

    @Test("given EXTERNAL, when nothing says who Rollcall is to a server, then it is an error at that host")
    func nobody() {
        let parameters = "Host => [ 'ldapi://%2Fa',\n'ldaps://b',\n'ldap://localhost' ],"
        let start = "error: \(Self.place).mech is 'EXTERNAL', but nothing tells"
        #expect(
            read(parameters: parameters, keys: Self.external).lines == [
                "z.pm:9:1: \(start) ldaps://b:636 who Rollcall is. Add clientcert and clientkey to the Params inside Params.",
                "z.pm:10:1: \(start) ldap://localhost:389 who Rollcall is. Write ldapi://, or ldaps:// with clientcert and clientkey.",
            ])
    }

    @Test("given GSSAPI, when read, then keytab, principal and identity are there")
    func kerberos() {
        let reading = read(keys: Self.kerberos)
        #expect(reading.lines == [])
        #expect(
            reading.backEnd?.connection.credentials
                == .kerberos(KerberosAccount(keytab: "/k", principal: "r@A", authorization: "u:x")))
    }

    @Test("given GSSAPI and a server without a host name, when read, then it is an error at that host")
    func noHostName() {
        for (host, uri) in [
            ("ldap://192.0.2.1", "ldap://192.0.2.1:389"), ("ldaps://[2001:db8::1]", "ldaps://[2001:db8::1]:636"),
            ("ldapi://%2Fa", "ldapi://%2Fa"),
        ] {
            #expect(
                read(parameters: "Host => '\(host)',", keys: Self.kerberos).messages == [
                    "error: \(Self.place).mech is 'GSSAPI', which needs a host name, and \(uri) has none. Write its host name, as "
                        + "in ldaps://dc1.example.org."
                ])
        }
    }

    @Test(
        "given an unusable SASL, when read, then each flaw is told",
        arguments: [
            ("'EXTERNAL'", ["error: CustomerUser1 SASL is text. Expected a hash, such as { mech => 'EXTERNAL' }."]),
            ("{}", ["error: CustomerUser1 SASL.mech is missing. Add mech => 'EXTERNAL'."]),
            ("{ mech => 'PLAIN' }", ["error: CustomerUser1 SASL.mech is 'PLAIN'. Expected 'EXTERNAL' or 'GSSAPI'."]),
            ("{ mech => [] }", ["error: CustomerUser1 SASL.mech is a list. Expected 'EXTERNAL' or 'GSSAPI'."]),
            (
                "{ mech => 'GSSAPI' }",
                [
                    "error: CustomerUser1 SASL.keytab is missing. Add keytab => '/etc/rollcall/rollcall.keytab'.",
                    "error: CustomerUser1 SASL.principal is missing. Add principal => 'rollcall@EXAMPLE.ORG'.",
                ]
            ),
            (
                "{ mech => 'GSSAPI', keytab => '', principal => 'r@A' }",
                ["error: CustomerUser1 SASL.keytab is empty. Write '/etc/rollcall/rollcall.keytab', or its like."]
            ),
            (
                "{ mech => 'EXTERNAL', keytab => '/k', realm => 'A' }",
                [
                    "warning: CustomerUser1 SASL.keytab has no effect with 'EXTERNAL'. Remove it.",
                    "warning: CustomerUser1 SASL.realm is unknown to Rollcall and has no effect. Remove it, or correct its name.",
                ]
            ),
        ])
    func unusable(_ value: String, _ messages: [String]) {
        #expect(read(parameters: "Host => 'ldapi://%2Fa',", keys: "SASL => \(value),").messages == messages)
    }

    @Test("given SASL beside a name and a password, when read, then both are errors and the password is not shown")
    func twice() {
        let end = "says who Rollcall is, and SASL beside Params says it as well. Remove one of them."
        #expect(
            read(parameters: "UserDN => 'cn=r', UserPw => 'geheim',", keys: Self.kerberos).messages == [
                "error: CustomerUser1 Params.UserDN \(end)", "error: CustomerUser1 Params.UserPw \(end)",
            ])
        #expect(read(parameters: "UserDN => '', UserPw => '',", keys: Self.kerberos).lines == [])
    }

    @Test("given SASL inside Params, when read, then it is an error that says where it belongs")
    func misplaced() {
        #expect(
            read(parameters: Self.external).messages == [
                "error: CustomerUser1 Params.SASL belongs beside Params, not in it. Move it one level up."
            ])
    }

    @Test("given that TLS is required, when GSSAPI goes without, then it is an error")
    func requiredTLS() {
        let after = "$Self->{'Rollcall::RequireTLS'} = 1;"
        #expect(
            read(parameters: "Host => 'a.example',", keys: Self.kerberos, after: after).messages == [
                "error: CustomerUser1 Params.Host reads people from ldap://a.example:389 without TLS, which Rollcall::RequireTLS "
                    + "forbids. Write ldaps://, or add StartTLS => 'require'."
            ])
        #expect(read(keys: Self.kerberos, after: after).lines == [])
    }

    @Test("given a client certificate alone, when read, then its key is in the same file; a key alone is a warning")
    func pair() {
        let security = read(parameters: Self.certificate).backEnd?.connection.security
        #expect(security == TransportSecurity(clientCertificate: "/c.pem", clientKey: "/c.pem"))
        let alone = read(parameters: "Params => { clientkey => '/k' },")
        #expect(
            alone.messages == [
                "warning: CustomerUser1 Params.Params.clientkey has no clientcert beside it and no effect. Add clientcert, or "
                    + "remove it."
            ])
        #expect(alone.backEnd?.connection.security == TransportSecurity())
    }

    @Test("given SASL, when explained, then mechanism, account and keytab are told with their place")
    func explained() throws {
        let kerberos = try #require(read(keys: Self.kerberos).explanation).sections[0].lines
        let told = kerberos.filter { ["bind", "keytab", "acting as"].contains($0.label) }.map { "\($0.label): \($0.text)" }
        #expect(told == ["bind: SASL GSSAPI as r@A", "keytab: /k", "acting as: u:x"])
        let external = try #require(read(parameters: "Host => 'ldapi://%2Fa',", keys: Self.external).explanation)
        let bind = external.sections[0].lines.first { $0.label == "bind" }
        #expect(bind?.text == "SASL EXTERNAL: as the client certificate says, or with ldapi:// the account of the process")
        #expect(bind?.offset != nil)
    }
}
