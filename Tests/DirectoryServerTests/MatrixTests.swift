import Support
import Testing

@Suite(.serialized, .running(.openLDAP)) struct OpenLDAPTests {
    @Test(arguments: Case.all, Product.openLDAP.strategies)
    func `given an OpenLDAP server, when cycles run, then the mirror is what it has`(_ each: Case, strategy: String?) throws {
        try each.run(on: .openLDAP, strategy: strategy)
    }
}

@Suite(.serialized, .running(.directoryServer389)) struct DirectoryServer389Tests {
    @Test(arguments: Case.all, Product.directoryServer389.strategies)
    func `given a 389 Directory Server, when cycles run, then the mirror is what it has`(_ each: Case, strategy: String?) throws
    {
        try each.run(on: .directoryServer389, strategy: strategy)
    }
}

@Suite(.serialized, .running(.sambaAD)) struct ActiveDirectoryTests {
    @Test(arguments: Case.all + Case.rangedGroups, Product.sambaAD.strategies)
    func `given a Samba domain controller, when cycles run, then the mirror is what it has`(_ each: Case, strategy: String?)
        throws
    {
        try each.run(on: .sambaAD, strategy: strategy)
    }
}
