import Model
import Testing

@testable import Directory

/// LDAP URLs in referrals.
@Suite struct ReferralURLTests {
    @Test(
        arguments: [
            ("ldap://dc2.example.org/DC=x,DC=y", "dc2.example.org", "DC=x,DC=y", nil),
            ("ldaps://DC2.Example.org:3269/ou=a%20b??sub", "dc2.example.org", "ou=a b", .sub),
            ("ldap://[2001:db8::1]:389/dc=x??base?(a=b)", "2001:db8::1", "dc=x", .base),
            ("ldap://host", "host", "", nil), ("ldap://host/", "host", "", nil),
        ] as [(String, String, String, SearchSettings.Scope?)])
    func `given a URL, when read, then host, base and scope are known`(
        _ text: String, _ host: String, _ base: String, _ scope: SearchSettings.Scope?
    ) throws {
        let referral = try #require(Referral(text))
        #expect(referral.host == host)
        #expect(referral.base == base)
        #expect(referral.scope == scope)
    }

    @Test(arguments: ["", "host/dc=x", "http://host/dc=x", "ldap:///dc=x", "ldap://host/%zz", "ldapi://%2Fx/dc=x"])
    func `given something else, when read, then it is none`(_ text: String) { #expect(Referral(text) == nil) }

    @Test func `given listed servers, when a referral names one, then it is asked as it is listed`() throws {
        var settings = ConnectionSettings(servers: [])
        settings.followedServers = [.local(path: "/x"), .tcp(host: "DC2.example.org", port: 636, tls: true)]
        #expect(
            settings.server(for: try #require(Referral("ldap://dc2.example.org:389/dc=x")))
                == .tcp(host: "DC2.example.org", port: 636, tls: true))
        #expect(settings.server(for: try #require(Referral("ldap://other.example.org/dc=x"))) == nil)
    }
}
