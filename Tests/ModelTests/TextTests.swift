import Model
import Testing

/// Problems, actions and servers in words, and secrets in none.
@Suite struct TextTests {
    private static let slot = Slot(2)

    @Test func `given each problem, when told, then it says what, where, why and what to do`() throws {
        let holder = try #require(Self.slot)
        let dn = "cn=a,dc=x"
        let all: [(Problem, String, String)] = [
            (
                .missingAttribute(dn: dn, attribute: "mail", field: .email), "missing-attribute",
                "cn=a,dc=x: no value in 'mail', so no UserEmail. Not mirrored. Fill the attribute in the directory, "
                    + "or exclude the entry with AlwaysFilter."
            ),
            (
                .unusableValue(dn: dn, attribute: "uid", field: .login, reason: "has control characters"), "unusable-value",
                "cn=a,dc=x: the value of 'uid' has control characters, so it cannot be a UserLogin. Not mirrored. "
                    + "Correct the attribute in the directory."
            ),
            (
                .noImmutableID(dn: dn), "no-immutable-id",
                "cn=a,dc=x: none of entryUUID, objectGUID and nsUniqueId can be read. Not mirrored. "
                    + "Let the bind account read the one that the server has."
            ),
            (
                .loginClaimed(login: "anna", dn: dn, holder: holder), "login-claimed",
                "cn=a,dc=x: login 'anna' belongs to another entry, of CustomerUser2. Not mirrored. "
                    + "Give one of the two another login, or exclude one with AlwaysFilter."
            ),
            (
                .unknownGroup(name: "vip", usedBy: "CustomerUser2"), "unknown-group",
                "CustomerUser2 names the group 'vip', which does not exist. Nothing is given. "
                    + "Add it to Rollcall::Groups or correct the name."
            ),
            (
                .unreadableGroup(dn: dn, reason: "No such object (32)"), "unreadable-group",
                "cn=a,dc=x: the LDAP group cannot be read: No such object (32). What it gave stays as it is. "
                    + "Check the DN and what the bind account may read."
            ),
        ]
        for (problem, kind, message) in all {
            #expect(problem.kind == kind)
            #expect(problem.message == message)
            #expect(problem.dn == (kind == "unknown-group" ? nil : dn))
        }
    }

    @Test func `given each change, when its action is asked for, then it is the one of the documentation`() {
        let person = PersonReference(directoryID: DirectoryID(bits: 1), login: "anna", customerID: "ACME")
        let evidence = Evidence(.validFilter, server: "ldap://x:389")
        let grant = Grant(group: "g", permission: .readOnly, source: .rule)
        let changes: [Change] = [
            .customerUserAdded(person, []), .customerUserUpdated(person, []), .customerUserRenamed(person, []),
            .customerUserInvalidated(person, evidence), .customerUserRevalidated(person, []),
            .customerUserRemovalHeld(person, evidence, reason: "r"), .customerAdded(id: "ACME"), .groupAdded(name: "g"),
            .groupUpdated(name: "g", []), .groupInvalidated(name: "g"), .grantAdded(.customerUser(person), grant),
            .grantRemoved(.customerUser(person), grant), .alwaysGroupAdded(.customer, group: "g"),
            .alwaysGroupRemoved(.customer, group: "g"),
        ]
        #expect(
            changes.map(\.action) == [
                "customer-user-added", "customer-user-updated", "customer-user-renamed", "customer-user-invalidated",
                "customer-user-revalidated", "customer-user-removal-held", "customer-added", "group-added", "group-updated",
                "group-invalidated", "grant-added", "grant-removed", "always-group-added", "always-group-removed",
            ])
    }

    @Test(arguments: [
        (Server.tcp(host: "ldap.acme.example", port: 389, tls: false), "ldap://ldap.acme.example:389"),
        (.tcp(host: "::1", port: 636, tls: true), "ldaps://[::1]:636"),
        (.local(path: "/run/slapd/ldapi"), "ldapi://%2Frun%2Fslapd%2Fldapi"),
    ])
    func `given a server, when shown, then it is a URI with its port`(_ server: Server, _ text: String) {
        #expect("\(server)" == text)
    }

    @Test func `given a secret, when printed in any way, then its value never shows`() {
        let secret = Secret("s3cret-w0rd")
        let settings = ConnectionSettings(
            servers: [.tcp(host: "h", port: 1, tls: false)], credentials: .simple(name: "cn=reader", password: secret))
        var dumped = ""
        dump(secret, to: &dumped)
        dump(settings, to: &dumped)
        let optional: Secret? = secret
        let texts = [
            "\(secret)", secret.description, String(describing: secret), String(reflecting: secret), "\([secret])",
            "\(["key": secret])", "\(String(describing: optional))", "\(settings)", String(reflecting: settings), dumped,
            "\(Mirror(reflecting: secret).children.map { "\($0)" })", "\(settings.credentials)",
        ]
        for text in texts { #expect(!text.contains("s3cret"), "\(text)") }
        #expect("\(secret)" == "(hidden)")
        #expect(String(reflecting: secret) == "(hidden)")
        #expect(secret.value == "s3cret-w0rd")
    }
}
