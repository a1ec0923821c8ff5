import Model
import Testing

/// What rules give to whom.
@Suite struct GroupRulesTests {
    private static let vip = GroupRules.LDAPGroupRule(
        groupDN: "cn=vip,dc=x", gifts: [.init(group: "vip", permissions: [.readOnly, .readWrite])])
    private static let staff = GroupRules.LDAPGroupRule(
        groupDN: "cn=staff,dc=x",
        gifts: [
            .init(group: "vip", permissions: [.readOnly]), .init(group: "it", permissions: [.readOnly, Permission("create")]),
        ])
    private static let byDepartment = GroupRules.AttributeRule(
        attribute: "departmentNumber", value: "It", gifts: [.init(group: "it", permissions: [.readOnly])])
    private static let rules = GroupRules(
        initialGroups: ["users", "news"], byLDAPGroup: [vip, staff], byAttribute: [byDepartment])

    private static func texts(_ grants: Set<Grant>) -> [String] {
        grants.map { "\($0.group) \($0.permission) \($0.source.rawValue) \($0.rule)" }.sorted()
    }

    @Test func `given a member of one group, when judged, then rw stands for all and nothing else is given`() {
        let verdict = Self.rules.verdict(on: RuleFacts(memberships: [.member, .notMember]))
        #expect(Self.texts(verdict.granted) == ["vip rw rule UserSyncGroupsDefinition cn=vip,dc=x"])
        #expect(verdict.undecided == [])
    }

    @Test func `given several rules match, when judged, then it is the union and each grant names its rule`() {
        let verdict = Self.rules.verdict(
            on: RuleFacts(memberships: [.member, .member], values: ["departmentnumber": ["sales", "iT"]]))
        #expect(
            Self.texts(verdict.granted) == [
                "it create rule UserSyncGroupsDefinition cn=staff,dc=x",
                "it ro rule UserSyncAttributeGroupsDefinition departmentNumber=It",
                "it ro rule UserSyncGroupsDefinition cn=staff,dc=x",
                "vip ro rule UserSyncGroupsDefinition cn=staff,dc=x",
                "vip rw rule UserSyncGroupsDefinition cn=vip,dc=x",
            ])
    }

    @Test func `given a group that could not be read, when judged, then its rule is undecided and gives nothing`() {
        let verdict = Self.rules.verdict(on: RuleFacts(memberships: [.unknown, .notMember]))
        #expect(verdict.granted == [])
        #expect(verdict.undecided == ["UserSyncGroupsDefinition cn=vip,dc=x"])
    }

    @Test(arguments: [["IT"], ["it"], ["x", "It"]])
    func `given a value in another case, when judged, then it matches`(_ values: [String]) {
        let verdict = Self.rules.verdict(on: RuleFacts(memberships: [], values: ["departmentnumber": values]))
        #expect(verdict.granted.map(\.group) == ["it"])
    }

    @Test(arguments: [[], ["ITX"], [" It"], [""]])
    func `given no equal value, when judged, then nothing is given`(_ values: [String]) {
        #expect(Self.rules.verdict(on: RuleFacts(values: ["departmentnumber": values])).granted == [])
    }

    @Test func `given initial groups, when somebody is new, then each gives rw from source initial`() {
        #expect(
            Self.rules.initialGrants == [
                Grant(group: "users", permission: .readWrite, source: .initial, rule: "UserSyncInitialGroups"),
                Grant(group: "news", permission: .readWrite, source: .initial, rule: "UserSyncInitialGroups"),
            ])
    }

    @Test func `given rules, when asked for group names, then every group is there once`() {
        #expect(Self.rules.groupNames == ["users", "news", "vip", "it"])
        #expect(GroupRules().groupNames == [])
    }

    @Test func `given permissions, when reduced, then rw alone stays if it is there`() {
        #expect(Set([Permission("create"), .readWrite, .readOnly]).reduced == [.readWrite])
        #expect(Set([Permission("create"), .readOnly]).reduced == [Permission("create"), .readOnly])
        #expect(Set<Permission>().reduced == [])
    }
}
