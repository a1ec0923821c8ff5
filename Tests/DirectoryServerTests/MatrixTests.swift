import Support
import Testing

@Suite(.serialized, .running(.openLDAP)) struct OpenLDAPTests {
    @Test(arguments: Case.times + Case.all + Case.ownEntry + Case.contentSync)
    func `given an OpenLDAP server, when cycles run, then the mirrors are what it has`(_ each: Case) throws {
        try each.run(on: .openLDAP)
    }
}

@Suite(.serialized, .running(.directoryServer389)) struct DirectoryServer389Tests {
    @Test(arguments: Case.trimmedChangeLog + Case.unansweredCookies + Case.accounts + Case.times + Case.all + Case.ownEntry)
    func `given a 389 Directory Server, when cycles run, then the mirrors are what it has`(_ each: Case) throws {
        try each.run(on: .directoryServer389)
    }
}

@Suite(.serialized, .running(.sambaAD)) struct ActiveDirectoryTests {
    @Test(arguments: Case.accounts + Case.expiringAccounts + Case.counts + Case.all + Case.rangedGroups + Case.deletedObjects)
    func `given a Samba domain controller, when cycles run, then the mirrors are what it has`(_ each: Case) throws {
        try each.run(on: .sambaAD)
    }
}
