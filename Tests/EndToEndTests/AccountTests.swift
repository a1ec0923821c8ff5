import Foundation
import Support
import Testing

/// Accounts that the directory has disabled or lets expire, with Active Directory's attributes.
@Suite struct AccountTests {
    private static let schema = """
        attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl'
            EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
        attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires'
            EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
        objectclass ( 1.3.6.1.4.1.99999.1 NAME 'testAccount' AUXILIARY MAY ( userAccountControl $ accountExpires ) )
        """

    private static func account(_ uid: String, control: Int = 512, expires: Int64 = 0) -> String {
        LDIF.person(uid, ["userAccountControl": "\(control)", "accountExpires": "\(expires)"])
            .replacingOccurrences(of: "inetOrgPerson\n", with: "inetOrgPerson\nobjectClass: testAccount\n")
    }

    /// A time in Active Directory's form.
    private static func interval(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 + 11_644_473_600) * 1e7) }

    private func valid(_ rollcall: Rollcall) throws -> [String] {
        try rollcall.query("SELECT login FROM customer_user WHERE valid_id = 1 ORDER BY login").map { $0[0] }
    }

    private func settings(_ slapd: Slapd, _ strategy: String) -> String {
        Settings.backEnd(host: slapd.uri, more: "DisabledAccounts => 'invalid', Strategy => '\(strategy)',")
    }

    @Test(arguments: ["sync", "changed", "full"])
    func `given accounts, when they are disabled or expire, then their people are invalid until they are good again`(
        strategy: String
    ) throws {
        let past = Self.interval(Date(timeIntervalSinceNow: -60))
        let slapd = try Slapd(
            Self.account("anna") + Self.account("bert", control: 514) + Self.account("carl", expires: past)
                + Self.account("dora", expires: .max) + LDIF.person("emil"),
            overlays: [.contentSync], globals: Self.schema)
        let rollcall = try Rollcall(settings(slapd, strategy))
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == ["anna", "dora", "emil"])
        try slapd.modify(
            LDIF.replace("anna", "userAccountControl", "514") + LDIF.replace("bert", "userAccountControl", "512")
                + LDIF.replace("carl", "accountExpires", "0"))
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == ["bert", "carl", "dora", "emil"])
        let record = try #require(try rollcall.log().first { $0.action == "customer-user-invalidated" })
        #expect(record.text.contains(#""evidence":{"kind":"account-disabled""#))
    }

    @Test(arguments: ["sync", "full"])
    func `given an account that expires soon, when its time has come, then a cycle notices without a change`(strategy: String)
        throws
    {
        let end = Date(timeIntervalSinceNow: 4)
        let slapd = try Slapd(
            Self.account("anna", expires: Self.interval(end)) + LDIF.people(3), overlays: [.contentSync], globals: Self.schema)
        let rollcall = try Rollcall(settings(slapd, strategy))
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall).contains("anna") == (Date() < end))
        while Date() < end { #expect(try rollcall.cycle().status == 0) }
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == ["u00000", "u00001", "u00002"])
        #expect(try rollcall.cycle().errors.contains("nothing changed"))
    }

    @Test func `given accounts do not matter, when one is disabled, then its person stays valid`() throws {
        let slapd = try Slapd(Self.account("bert", control: 514), overlays: [.contentSync], globals: Self.schema)
        let rollcall = try Rollcall(Settings.backEnd(host: slapd.uri))
        #expect(try rollcall.cycle().status == 0)
        #expect(try valid(rollcall) == ["bert"])
    }
}
