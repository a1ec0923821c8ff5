import Testing

@testable import Directory

/// What a root DSE tells of its server.
@Suite struct RootDSETests {
    private static let controls = ["1.2.840.113556.1.4.319", "1.3.6.1.4.1.4203.1.9.1.1", "1.2.840.113556.1.4.841"]

    @Test(arguments: [
        (["objectClass": ["top", "OpenLDAProotDSE"]], ServerProduct.openLDAP),
        (["vendorName": ["389 Project"], "objectClass": ["top"]], .directoryServer389),
        (["supportedCapabilities": ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"]], .activeDirectory),
        (["supportedCapabilities": ["1.2.840.113556.1.4.1851"]], .activeDirectory),
        (
            [
                "vendorName": ["Samba Team (https://www.samba.org)"],
                "supportedCapabilities": ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"],
            ], .samba
        ),
        (["vendorName": ["Someone"], "objectClass": ["top"]], .other), ([:], .other),
    ])
    func `given what servers say, when read, then their product is known`(
        _ values: [String: [String]], _ product: ServerProduct
    ) {
        #expect(RootDSE(values).product == product)
    }

    @Test func `given controls, when read, then exactly what they stand for is offered`() {
        let offers = { (root: RootDSE) in [root.supportsPaging, root.supportsContentSync, root.supportsDirSync] }
        for index in Self.controls.indices {
            let root = RootDSE(["supportedControl": [Self.controls[index]]])
            #expect(offers(root) == Self.controls.indices.map { $0 == index })
            #expect(root.isShown)
        }
        #expect(offers(RootDSE(["supportedControl": Self.controls])) == [true, true, true])
        #expect(!RootDSE(["vendorName": ["A"]]).isShown)
    }

    @Test func `given a vendor and its version, when read, then both are told`() {
        #expect(RootDSE(["vendorName": ["A"], "vendorVersion": ["A/1.2"]]).vendor == "A, A/1.2")
        #expect(RootDSE([:]).vendor == "")
        #expect(RootDSE(["namingContexts": ["dc=b", "dc=a"]]).namingContexts == ["dc=b", "dc=a"])
    }
}
