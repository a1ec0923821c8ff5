import Foundation
import Support
import Testing

/// GSSAPI with the keytab of a service account of an Active Directory domain.
@Suite struct DomainKerberosTests {
    private static func person(_ name: String, _ phone: String = "1") -> String {
        """
        dn: CN=\(name),CN=Users,DC=test,DC=example
        objectClass: user
        sAMAccountName: \(name)
        sn: \(name)
        mail: \(name)@test.example
        company: ACME
        telephoneNumber: \(phone)


        """
    }

    private static func settings(_ kerberos: SambaKerberos, keytab: String) -> String {
        """
        $Self->{CustomerUser} = {
            Name => 'Domain', Module => 'Kernel::System::CustomerUser::LDAP',
            Params => {
                Host => '\(kerberos.uri)', BaseDN => '\(kerberos.domain.suffix)', SSCOPE => 'sub',
                AlwaysFilter => '(&(objectCategory=person)(company=ACME))',
            },
            SASL => { mech => 'GSSAPI', keytab => '\(keytab)', principal => '\(SambaKerberos.principal("reader"))' },
            CustomerKey => 'sAMAccountName', CustomerID => 'company', Strategy => 'dirsync', RemovalLimit => '100%',
            Map => [
                [ 'UserLogin', 'Login', 'sAMAccountName', 1, 1, 'var' ], [ 'UserEmail', 'E-mail', 'mail', 1, 1, 'var' ],
                [ 'UserCustomerID', 'Customer', 'company', 1, 1, 'var' ],
                [ 'UserPhone', 'Phone', 'telephoneNumber', 1, 0, 'var' ],
            ],
        };
        """
    }

    @Test func `given a keytab of the domain, when people change between cycles, then DirSync tells by Kerberos`() throws {
        let kerberos = try SambaKerberos()
        let people = "SELECT login, phone, valid_id FROM customer_user ORDER BY login"
        try kerberos.domain.modify(["anna", "bert", "carl"].map { Self.person($0) }.joined())
        let keytab = try kerberos.exportKeytab(of: "reader", to: "reader.keytab")
        let rollcall = try Rollcall(Self.settings(kerberos, keytab: keytab))
        let first = try kerberos.run(rollcall, "run", "--once")
        #expect(first.status == 0, "\(first.errors)")
        #expect(try rollcall.query(people) == [["anna", "1", "1"], ["bert", "1", "1"], ["carl", "1", "1"]])
        try kerberos.domain.modify(
            "dn: CN=bert,CN=Users,DC=test,DC=example\nchangetype: delete\n\n" + Self.person("dora")
                + "dn: CN=anna,CN=Users,DC=test,DC=example\nchangetype: modify\nreplace: telephoneNumber\n"
                + "telephoneNumber: 2\n-\n\n")
        try kerberos.demandProtection()
        #expect(throws: TestFailure.self, "a bind with a password is still taken") {
            try kerberos.domain.search(kerberos.domain.suffix, filter: "(cn=anna)", ["1.1"])
        }
        let second = try kerberos.run(rollcall, "run", "--once")
        #expect(second.status == 0, "\(second.errors)")
        #expect(
            try rollcall.query(people) == [["anna", "2", "1"], ["bert", "1", "2"], ["carl", "1", "1"], ["dora", "1", "1"]])
        #expect(try rollcall.query("SELECT strategy, coverage, reason FROM back_end") == [["dirsync", "delta", ""]])
    }
}
