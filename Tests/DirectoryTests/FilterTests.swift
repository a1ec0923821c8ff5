import CLDAP
import Model
import Support
import Testing

/// What Rollcall takes as a filter, libldap takes too: it is the one that sends it.
@Suite struct FilterTests {
    /// What libldap says about a filter before it looks for a server.
    private func encode(_ filter: String) -> Int32 {
        var handle: OpaquePointer?
        guard ldap_initialize(&handle, "ldapi://%2Fnowhere") == LDAP_SUCCESS, let handle else { return LDAP_OTHER }
        defer { ldap_unbind_ext(handle, nil, nil) }
        var number: Int32 = 0
        return ldap_search_ext(handle, "", ber_int_t(LDAP_SCOPE_BASE), filter, nil, 0, nil, nil, nil, 0, &number)
    }

    @Test func `given what is no filter, when libldap encodes it, then it says so`() {
        for text in ["(a=b", "(a_b=c)", #"(cn=Doe\, Anna)"#, "(a =b)", "(!(a=b) )", "(a>=*)"] {
            #expect(encode(text) == LDAP_FILTER_ERROR, "\(text)")
        }
    }

    @Test(arguments: [9, 20_261_122] as [UInt64])
    func `given random text that Rollcall reads as a filter, when libldap encodes it, then it is one`(_ seed: UInt64) {
        var random = Seeded(seed)
        let pieces = [
            "(", ")", "&", "|", "!", "=", "a", "cn", "2.5.4.3", ";x", ">=", "<=", "~=", ":dn:=", ":=", ":", "*", "\\2a", " ",
            "\n",
            "(a=b)", "(&", "\u{FC}",
        ]
        var count = 0
        for round in 0..<50_000 {
            let text = "(" + (0..<random.number(0..<8)).map { _ in pieces.randomElement(using: &random) ?? "a" }.joined() + ")"
            guard let filter = try? LDAPFilter(text) else { continue }
            count += 1
            #expect(encode(filter.text) == LDAP_SERVER_DOWN, "seed \(seed), round \(round): '\(text)'")
        }
        #expect(count > 500)
    }
}
