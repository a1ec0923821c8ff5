import Foundation
import GRDB
import Model
import Testing

@testable import Store

/// What the store keeps of the LDAP groups that decide about grants.
@Suite struct RuleGroupTests {
    private let mirror: Mirror
    private let backEnd: BackEnd
    private let vip = DecidingGroup(dn: "cn=vip,dc=test")

    init() throws {
        mirror = try Mirror()
        var backEnd = try Mirror.backEnd()
        backEnd.rules.byLDAPGroup = [
            GroupRules.LDAPGroupRule(groupDN: vip.dn, gifts: []), GroupRules.LDAPGroupRule(groupDN: "cn=b,dc=test", gifts: []),
        ]
        self.backEnd = backEnd
    }

    private func merge(_ backEnd: BackEnd? = nil) throws -> Merge {
        let backEnd = backEnd ?? self.backEnd
        let cycle = try mirror.store.beginCycle(Configuration(backEnds: [backEnd]), now: 1)
        return Merge(mirror.store, backEnd, cycle: cycle, server: "ldap://test:389") { 1 }
    }

    private func close(_ merge: Merge, _ groups: [DecidingGroup: KnownGroup]) throws {
        let state = ReadingState(
            strategy: .sync, cookie: [1], lineage: "", request: 0, surroundings: 0, seesItself: true, groups: groups,
            lastComplete: 0)
        _ = try merge.close(ReadingEnd(coverage: .complete, strategy: .sync, entries: 0, state: state))
    }

    private func known() throws -> [DecidingGroup: KnownGroup]? { try mirror.store.memory(of: backEnd.slot).state?.groups }

    private let stamps = GroupStamps(lineage: "l", entries: ["cn=vip,dc=test": "1", "cn=\"é,dc=test": "2"], catalogue: "c")

    @Test func `given members were kept, when read back, then they are the same, however many there are`() throws {
        let members = GroupMembers(dns: (0..<5000).map { UInt128($0) << 100 | 1 }, logins: ["anna", "a\"é\n"])
        let group = KnownGroup(count: 5002, members: members, stamps: stamps)
        try close(try merge(), [vip: group])
        #expect(try known() == [vip: group])
        let fewer = KnownGroup(count: 1, members: GroupMembers(dns: [7]))
        try close(try merge(), [vip: fewer])
        #expect(try known() == [vip: fewer])
    }

    @Test func `given a group that was not read, when a reading ends, then what was known of it stays`() throws {
        let other = DecidingGroup(dn: "cn=b,dc=test")
        let group = KnownGroup(count: 1, members: GroupMembers(dns: [1]), stamps: stamps)
        try close(try merge(), [vip: group, other: group])
        try close(try merge(), [:])
        #expect(try known() == [vip: group, other: group])
    }

    @Test func `given a group is unsettled, when its reading does not end, then its members are not known`() throws {
        let group = KnownGroup(count: 1, members: GroupMembers(dns: [1]), stamps: stamps)
        try close(try merge(), [vip: group])
        try merge().unsettle([vip])
        #expect(try known() == [vip: KnownGroup(count: 1, members: nil, stamps: stamps)])
        try close(try merge(), [vip: group])
        #expect(try known() == [vip: group])
    }

    @Test func `given a rule was given up, when the next reading ends, then its group is forgotten`() throws {
        let group = KnownGroup(count: 1, members: GroupMembers(dns: [1]))
        try close(try merge(), [vip: group])
        var other = backEnd
        other.followsNestedGroups = true
        let nested = DecidingGroup(dn: vip.dn, countsNested: true)
        try close(try merge(other), [nested: group])
        #expect(try known() == [nested: group])
    }

    @Test func `given members, when asked who they are, then those are found by name and by login who are there`() throws {
        let people = [Person(1, "anna"), Person(2, "Ben"), Person(3, "carl"), Person(4, "dora")]
        try mirror.cycle(people)
        try mirror.cycle(Array(people.dropLast()))
        try mirror.store.pool.write { db in
            for id in 1...4 {
                let key = withUnsafeBytes(of: UInt128(id * 11).bigEndian) { Data($0) }
                try db.execute(sql: "UPDATE person SET dn_key = ? WHERE id = ?", arguments: [key, id])
            }
        }
        let found = try merge().people(among: GroupMembers(dns: [11, 44, 99], logins: ["ben", "nobody"]))
        #expect(found == [DirectoryID(bits: 1), DirectoryID(bits: 2)])
        #expect(try merge().people(among: GroupMembers()).isEmpty)
    }
}
