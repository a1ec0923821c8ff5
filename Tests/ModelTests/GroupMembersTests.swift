import Model
import Support
import Testing

@Suite("Members of LDAP groups are compared as sets are") struct GroupMembersTests {
    private func members(_ random: inout Seeded) -> (GroupMembers, Set<UInt128>, Set<[UInt8]>) {
        let dns = (0..<random.number(0..<12)).map { _ in UInt128(random.number(0..<16)) << 64 }
        // Two ways of writing the same letter are two logins.
        let logins = (0..<random.number(0..<6)).map { _ in ["a", "b", "\u{E9}", "e\u{301}", "ab"][random.number(0..<5)] }
        return (GroupMembers(dns: dns, logins: logins), Set(dns), Set(logins.map { Array($0.utf8) }))
    }

    private func bytes(_ members: GroupMembers) -> Set<[UInt8]> { Set(members.logins.map { Array($0.utf8) }) }

    @Test(arguments: UInt64(1)...300) func `given two lists, when compared, then what one names alone is the difference`(
        _ seed: UInt64
    ) {
        var random = Seeded(seed)
        let (one, oneDNs, oneLogins) = members(&random)
        let (other, otherDNs, otherLogins) = members(&random)
        let difference = one.difference(from: other)
        #expect(difference.dns == oneDNs.symmetricDifference(otherDNs).sorted())
        #expect(bytes(difference) == oneLogins.symmetricDifference(otherLogins))
        #expect(difference.isEmpty == (oneDNs == otherDNs && oneLogins == otherLogins))
        let union = one.union(other)
        #expect(union.dns == oneDNs.union(otherDNs).sorted())
        #expect(bytes(union) == oneLogins.union(otherLogins))
        #expect(union.count == union.dns.count + bytes(union).count)
    }

    @Test(arguments: UInt64(1)...100) func `given a list, when asked for somebody, then only those it names are in it`(
        _ seed: UInt64
    ) {
        var random = Seeded(seed)
        let (list, dns, logins) = members(&random)
        for key in (0..<17).map({ UInt128($0) << 64 }) {
            #expect(list.contains(dnKey: key, login: nil) == dns.contains(key))
        }
        for login in ["a", "b", "c", "\u{E9}", "e\u{301}", "ab", ""].map({ Array($0.utf8) }) {
            #expect(list.contains(dnKey: nil, login: login[...]) == logins.contains(login))
            #expect(list.contains(dnKey: 1, login: login[...]) == logins.contains(login))
        }
        #expect(!list.contains(dnKey: nil, login: nil))
    }
}
