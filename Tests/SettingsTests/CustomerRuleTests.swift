import Model
import Testing

@testable import Settings

@Suite("Rules for customers, and what becomes of people without a group")
struct CustomerRuleTests {
    private static let example = "{ 'Ticket::CustomerID::Same' => { 'acme-support' => { rw => 1 } } }"

    @Test("given rules by ID and by attribute, when read, then they keep the order of the file")
    func rules() {
        let reading = read(
            keys: """
                CustomerSyncGroupsDefinition => {
                    'ACME' => { 'Ticket::CustomerID::Same' => { a => { rw => 1 } }, 'Ticket::CustomerID::Other' => { a => { ro => 1 } } },
                    'B' => { 'Ticket::CustomerID::Same' => { a => { ro => 0 } } },
                },
                CustomerSyncAttributeGroupsDefinition => { departmentNumber => { IT => { 'Ticket::CustomerID::Same' => { users => { ro => 1 } } } } },
                """,
            after: """
                $Self->{'Rollcall::Groups'} = ['a'];
                $Self->{CustomerGroupPermissionContext}->{'100-CustomerID-other'} = { Value => 'Ticket::CustomerID::Other' };
                """)
        #expect(reading.lines == [])
        #expect(
            reading.backEnd?.rules.forCustomers == [
                CustomerRule(
                    .id("ACME"),
                    gifts: [
                        .same: [.init(group: "a", permissions: [.readWrite])],
                        .other: [.init(group: "a", permissions: [.readOnly])],
                    ]),
                CustomerRule(.id("B"), gifts: [:]),
                CustomerRule(
                    .attribute("departmentNumber", value: "IT"),
                    gifts: [.same: [.init(group: "users", permissions: [.readOnly])]]),
            ])
        #expect(reading.backEnd?.attributes.contains("departmentnumber") == true)
    }

    @Test("given a choice for people without a group, when read, then it counts")
    func missingGroup() {
        #expect(read().backEnd?.onMissingGroup == .report)
        #expect(read(keys: "OnMissingGroup => 'invalidate',").backEnd?.onMissingGroup == .invalidate)
    }

    @Test(
        "given unusable rules, when read, then this is said",
        arguments: [
            (
                "CustomerSyncGroupsDefinition => [ 'ACME' ]",
                "error: CustomerUser1 CustomerSyncGroupsDefinition is a list. Expected a hash such as { 'ACME' => \(example) }."
            ),
            (
                "CustomerSyncGroupsDefinition => { ' ' => {} }",
                "error: CustomerUser1 CustomerSyncGroupsDefinition has an empty customer ID. Write the ID of a customer."
            ),
            (
                "CustomerSyncGroupsDefinition => { ACME => { Same => { users => { ro => 1 } } } }",
                "error: CustomerUser1 CustomerSyncGroupsDefinition 'ACME' has 'Same' where a context belongs. "
                    + "Expected 'Ticket::CustomerID::Same' or 'Ticket::CustomerID::Other'."
            ),
            (
                "CustomerSyncGroupsDefinition => { ACME => { 'Ticket::CustomerID::Other' => { users => { ro => 1 } } } }",
                "warning: CustomerUser1 CustomerSyncGroupsDefinition 'ACME' gives groups in the context "
                    + "Ticket::CustomerID::Other, which is off. Nothing is given. "
                    + "Set CustomerGroupPermissionContext, or take this out."
            ),
            (
                "CustomerSyncGroupsDefinition => { ACME => 'users' }",
                "error: CustomerUser1 CustomerSyncGroupsDefinition 'ACME' is text. Expected a hash such as \(example)."
            ),
            (
                "CustomerSyncAttributeGroupsDefinition => 'o'",
                "error: CustomerUser1 CustomerSyncAttributeGroupsDefinition is text. "
                    + "Expected a hash such as { o => { 'ACME Ltd' => \(example) } }."
            ),
            (
                "CustomerSyncAttributeGroupsDefinition => { o => [] }",
                "error: CustomerUser1 CustomerSyncAttributeGroupsDefinition 'o' is a list. "
                    + "Expected a hash such as { 'ACME Ltd' => \(example) }."
            ),
            (
                "OnMissingGroup => 'delete'",
                "error: CustomerUser1 OnMissingGroup is 'delete'. Expected 'report' or 'invalidate'."
            ),
        ])
    func unusable(_ key: String, _ message: String) { #expect(read(keys: key).messages == [message]) }

    @Test("given rules, when their places are asked for, then they are where the key stands")
    func places() throws {
        let reading = read(
            keys: """
                UserSyncInitialGroups => ['users'],
                UserSyncGroupsDefinition => { 'cn=z' => { users => { rw => 1 } } },
                UserSyncAttributeGroupsDefinition => { o => { X => { users => { rw => 1 } } } },
                CustomerSyncGroupsDefinition => { 'ACME' => { 'Ticket::CustomerID::Same' => { users => { rw => 1 } } } },
                CustomerSyncAttributeGroupsDefinition => { l => { Y => { 'Ticket::CustomerID::Same' => { users => { rw => 1 } } } } },
                """)
        let slot = try #require(Slot(1))
        let place = { (rule: String) in reading.place(ofRule: rule, of: slot)?.split(separator: ":").map(String.init) }
        let first = try #require(place("UserSyncInitialGroups").flatMap { Int($0[1]) })
        let rules = [
            "UserSyncGroupsDefinition cn=z", "UserSyncAttributeGroupsDefinition o=X", "CustomerSyncGroupsDefinition ACME",
            "CustomerSyncAttributeGroupsDefinition l=Y",
        ]
        #expect(rules.map { place($0)?[1] } == (1...4).map { "\(first + $0)" })
        #expect(place("UserSyncGroupsDefinition cn=other") == nil)
    }
}
