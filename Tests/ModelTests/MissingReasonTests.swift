import Model
import Testing

/// Why somebody does not have a permission.
@Suite struct MissingReasonTests {
    private var picture = PermissionPicture(
        types: [.readOnly, Permission("create"), .readWrite], groups: ["vip": true, "old": false])
    private var context = MissingContext()
    private static let byGroup = GroupRules.LDAPGroupRule(
        groupDN: "cn=vip", gifts: [.init(group: "vip", permissions: [.readWrite])])
    private static let byValue = GroupRules.AttributeRule(
        attribute: "o", value: "IT", gifts: [.init(group: "vip", permissions: [.readOnly])])

    private func reasons(_ permission: Permission = .readOnly, _ group: String = "vip") -> [MissingReason] {
        picture.reasonsMissing(permission, on: group, context)
    }

    private func held(_ permission: Permission, on group: String = "vip") -> PermissionPicture.Held {
        .init(Grant(group: group, permission: permission, source: .manual), since: 7)
    }

    @Test mutating func `given it is there, when asked why not, then there is no reason`() {
        picture.grants = [held(.readWrite)]
        #expect(reasons() == [])
        context.isGone = true
        #expect(reasons() == [])
    }

    @Test func `given nothing gives it, when asked why not, then that is said`() { #expect(reasons() == [.nothingGivesIt]) }

    @Test mutating func `given they have left, when asked why not, then nothing else is said`() {
        (picture.isValid, context.isGone) = (false, true)
        #expect(reasons() == [.gone])
        #expect(reasons(Permission("none"), "none") == [.gone])
    }

    @Test mutating func `given they are not valid, when asked why not, then that and the group's state are said`() {
        picture.isValid = false
        picture.grants = [held(.readOnly)]
        #expect(reasons() == [.notValid])
        #expect(reasons(.readOnly, "old") == [.notValid, .invalidGroup])
        context.lacksGroup = true
        #expect(reasons() == [.lacksGroup])
    }

    @Test func `given a type or a group that is not there, when asked why not, then it is said`() {
        #expect(reasons(Permission("owner")) == [.unknownType(known: [.readOnly, Permission("create"), .readWrite])])
        #expect(reasons(.readOnly, "vi") == [.unknownGroup])
        #expect(reasons(Permission("owner"), "vi") == [.unknownType(known: [.readOnly, Permission("create"), .readWrite])])
    }

    @Test mutating func `given the group is invalid, when asked why not, then it is said`() {
        picture.grants = [held(.readWrite, on: "old")]
        #expect(reasons(.readOnly, "old") == [.invalidGroup])
    }

    @Test mutating func `given it is withheld, when asked why not, then since when, for itself and for rw`() {
        context.withheld = ["vip": [.readOnly: 12, .readWrite: 9, Permission("create"): 3]]
        #expect(reasons() == [.withheld(.readOnly, since: 12), .withheld(.readWrite, since: 9)])
        context.withheld = ["other": [.readOnly: 1]]
        #expect(reasons() == [.nothingGivesIt])
    }

    @Test mutating func `given rw stays away because a part of it is withheld, when asked why not, then the part is named`() {
        context.withheld = ["vip": [.readOnly: 12]]
        context.rules = GroupRules(byLDAPGroup: [Self.byGroup])
        #expect(
            reasons(.readWrite) == [.withheld(.readOnly, since: 12), .ruleWithoutMatch("UserSyncGroupsDefinition cn=vip")])
    }

    @Test mutating func `given customers, when asked why not, then invalid ones and other contexts are named`() {
        picture.customers = [
            .init(id: "A", isValid: false, grants: [.same: [held(.readWrite)]]),
            .init(id: "B", grants: [.other: [held(.readOnly)]]),
            .init(id: "C", grants: [.same: [held(.readOnly, on: "old")]]),
        ]
        #expect(reasons() == [.invalidCustomer(id: "A"), .otherContext(customer: "B")])
    }

    @Test mutating func `given rules that would give it, when asked why not, then each is named, and why it was undecided`() {
        context.rules = GroupRules(byLDAPGroup: [Self.byGroup], byAttribute: [Self.byValue])
        #expect(
            reasons() == [
                .ruleWithoutMatch("UserSyncAttributeGroupsDefinition o=IT"),
                .ruleWithoutMatch("UserSyncGroupsDefinition cn=vip"),
            ])
        context.unreadable = ["UserSyncGroupsDefinition cn=vip": "No such object (32)"]
        #expect(
            reasons(.readWrite) == [.unreadableGroup(rule: "UserSyncGroupsDefinition cn=vip", "No such object (32)")])
    }

    @Test mutating func `given they hold something else there, when asked why not, then it is named last`() {
        picture.grants = [held(Permission("create"))]
        #expect(reasons() == [.holdsOther([Permission("create")])])
        context.rules = GroupRules(byAttribute: [Self.byValue])
        #expect(
            reasons() == [
                .ruleWithoutMatch("UserSyncAttributeGroupsDefinition o=IT"), .holdsOther([Permission("create")]),
            ])
    }

    @Test mutating func `given a customer with the context Other, when asked whose tickets, then others with Same are named`() {
        picture.customers = [.init(id: "A", grants: [.other: [held(.readWrite)]]), .init(id: "B")]
        #expect(picture.otherCustomers(.readOnly, on: "vip", holders: ["C", "B", "A", "D"]) == ["C", "D"])
        #expect(picture.otherCustomers(.readOnly, on: "old", holders: ["C"]) == [])
        #expect(picture.otherCustomers(Permission("owner"), on: "vip", holders: ["C"]) == [])
        picture.customers[0].isValid = false
        #expect(picture.otherCustomers(.readOnly, on: "vip", holders: ["C"]) == [])
        picture.isValid = false
        #expect(picture.otherCustomers(.readOnly, on: "vip", holders: ["C"]) == [])
    }
}
