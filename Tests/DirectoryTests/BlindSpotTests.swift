import Model
import Testing

@testable import Directory

/// What blind spots say, where no slapd shows it.
@Suite struct BlindSpotTests {
    private static func use() throws -> AttributeUse {
        let backEnd = BackEnd(
            slot: try #require(Slot(1)), name: "", connection: ConnectionSettings(servers: []),
            search: SearchSettings(baseDN: "", scope: .sub, alwaysFilter: "(title=*)", validFilter: "(title=a)"),
            mapping: Mapping(keyAttribute: "uid", rows: []))
        return try #require(backEnd.comparedAttributes.first)
    }

    @Test func `given a hidden root DSE, when told, then its consequence and the remedy are too`() {
        #expect(
            BlindSpot.rootDSE.message
                == "root DSE: it shows neither controls nor naming contexts, so everything is read in one "
                + "answer. Let the bind account read it.")
    }

    @Test func `given an attribute that nothing is known of, when told, then all who ask for it are named`() throws {
        let use = try Self.use()
        #expect(
            BlindSpot.undetermined(use, reason: "busy (51)").message == "attribute 'title' (AlwaysFilter, "
                + "CustomerUserValidFilter): whether it can be searched is not known: busy (51).")
    }

    @Test func `given every blind spot, when asked, then exactly those that spoil a reading are grave`() throws {
        let use = try Self.use()
        let problem = DirectoryProblem(kind: .refused, server: "", step: "a", reason: "b", remedy: "")
        let grave: [BlindSpot] = [
            .listed(reason: ""), .valid(problem), .rest(reason: ""), .immutableID(hidden: 1, matching: 2),
            .everybody(matching: 0),
        ]
        let mild: [BlindSpot] = [
            .rootDSE, .base(dn: "", contexts: []), .group(.unreadableGroup(dn: "", reason: "")), .members(groupDN: ""),
            .attribute(use, matching: 1), .compared(use), .undetermined(use, reason: ""), .ownEntry(dn: "", reason: ""),
        ]
        #expect((grave + mild).filter(\.isGrave) == grave)
        #expect(Set((grave + mild).map(\.kind)).count == 13)
        #expect(BlindSpot.valid(problem).message == "a fails: b.")
    }
}
