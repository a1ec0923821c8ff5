import Support
import Testing

/// Everything that the commands on groups say, word for word: `Golden/`.
@Suite struct TranscriptTests {
    private static let settings = """
        $Self->{'Rollcall::Groups'} = [ 'vip', 'it' ];
        $Self->{CustomerGroupAlwaysGroups} = [];
        $Self->{CustomerGroupPermissionContext}->{'100-CustomerID-other'} = { Value => 'Ticket::CustomerID::Other' };
        """

    private static let rules = """
        CustomerGroupSupport => 1,
        UserSyncGroupsDefinition => { '\(LDIF.groupDN("vip"))' => { vip => { rw => 1 } } },
        UserSyncAttributeGroupsDefinition => { departmentNumber => { 'IT' => { it => { ro => 1 } } } },
        """

    private static let directory =
        LDIF.person("anna", ["departmentNumber": "it"]) + LDIF.person("ben") + LDIF.person("cara", ["o": "HARBOUR"])
        + LDIF.group("vip", members: [LDIF.dn("anna")])

    @Test(arguments: ["groups", "grants", "import", "settings", "explain", "undo", "people"])
    func `given a transcript of commands, when they are given again, then each says the same`(_ name: String) throws {
        let slapd = try Slapd(Self.directory)
        let rollcall = try Rollcall(Self.settings + Settings.backEnd(host: slapd.localURI, more: Self.rules))
        #expect(try rollcall.cycle().status == 0)
        let pairs = try Transcript(name).play(with: rollcall) { words in
            if words.contains("anna leaves") { try slapd.modify(LDIF.delete("anna")) }
            if words.contains("anna is renamed") { try slapd.modify(LDIF.replace("anna", "uid", "anna.meyer")) }
            if words.contains("ben moves to IT") { try slapd.modify(LDIF.replace("ben", "departmentNumber", "IT")) }
        }
        for (expected, found) in pairs {
            #expect(found.trimmingTrailingBlankLines() == expected.trimmingTrailingBlankLines(), "\(name)")
        }
    }

    @Test func `given each command on groups, when help is asked for, then it says the same`() throws {
        for (expected, found) in try Transcript("help").play(with: nil) {
            #expect(found.trimmingTrailingBlankLines() == expected.trimmingTrailingBlankLines())
        }
    }
}

extension String {
    fileprivate func trimmingTrailingBlankLines() -> String {
        var text = self
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }
}
