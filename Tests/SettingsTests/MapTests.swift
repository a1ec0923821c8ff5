import Model
import Testing

@testable import Settings

@Suite("Which attribute becomes which value")
struct MapTests {
    /// A back end with this `Map` in place of the usual one.
    private func read(map: String) -> ConfigurationReading { SettingsTests.read(keys: "Map => [ \(map) ],") }

    private let essential = """
        ['UserLogin', 'l', 'uid', 1, 1, 'var'], ['UserEmail', 'e', 'mail', 1, 1, 'var', '', 0],
        ['UserCustomerID', 'c', 'o', 0, 1, 'var', '', 0, undef, undef],
        """

    @Test("given rows of 6, 8 and 10 columns, when read, then all count")
    func rows() {
        let more =
            "['UserFirstname', undef, 'givenName', 1, 0], ['DynamicField_Floor', undef, 'roomNumber', 1, 0, 'dynamic_field'],"
        let reading = read(map: essential + more)
        #expect(reading.lines == [])
        #expect(
            reading.backEnd?.mapping
                == Mapping(
                    keyAttribute: "uid",
                    rows: [
                        .init(.field(.login), from: "uid", isRequired: true),
                        .init(.field(.email), from: "mail", isRequired: true),
                        .init(.field(.customerID), from: "o", isRequired: true),
                        .init(.field(.firstName), from: "givenName"),
                        .init(.extra("DynamicField_Floor"), from: "roomNumber"),
                    ]))
    }

    @Test("given rows without attribute and ValidID, when read, then they are passed over")
    func ignored() {
        let reading = read(map: essential + "['ValidID', 'v', 'x', 0, 1, 'int'], ['UserFax', 'f', '', 0, 0, 'var'],")
        #expect(reading.lines == [])
        #expect(reading.backEnd?.mapping.rows.count == 3)
    }

    @Test(
        "given an essential row that cannot be used, when read, then its mistake is told and not that there is no row",
        arguments: [
            "['UserLogin', 'l', 'uid', 1]", "['UserLogin', 'l', f(), 1, 1]", "[f(), 'l', 'uid', 1, 1]", "f()",
            "['UserLogin', 'l', 'u d', 1, 1]", "reverse(@x)",
        ])
    func mistaken(_ row: String) {
        let messages = read(map: row + ", ['UserEmail', 'e', 'mail', 1, 1], ['UserCustomerID', 'c', 'o', 0, 1]").messages
        #expect(messages.count == 1, "\(messages)")
        #expect(messages.allSatisfy { !$0.contains("has no row for") })
    }

    @Test("given rows with mistakes, when another essential one is missing, then that is told as well")
    func mistakenAndMissing() {
        let messages = read(map: "['UserLogin', 'l', '', 1, 1], ['UserEmail', 'e', 'mail', 1]").messages
        #expect(messages.count == 3, "\(messages)")
        for field in ["UserLogin", "UserCustomerID"] {
            #expect(messages.contains { $0.contains("has no row for \(field)") }, "\(field)")
        }
    }

    @Test("given no row for an essential field, when read, then each is an error")
    func missing() {
        #expect(
            read(map: "['UserLogin', 'l', 'uid', 1, 1, 'var']").messages
                == ["UserEmail", "UserCustomerID"].map {
                    "error: CustomerUser1 Map has no row for \($0), without which nobody can be a customer user. "
                        + "Add ['\($0)', 'Label', 'attribute', 1, 1, 'var']."
                })
    }

    @Test(
        "given an unusable row, when read, then this is said",
        arguments: [
            (
                "['UserFax', 'f', 'fax', 1]",
                "a row of CustomerUser1 Map has 4 columns. "
                    + "Expected 5 to 10: a list such as ['UserLogin', 'Login', 'uid', 1, 1, 'var']."
            ),
            (
                "{}",
                "a row of CustomerUser1 Map is a hash. Expected a list such as ['UserLogin', 'Login', 'uid', 1, 1, 'var']."
            ),
            (
                "['', 'f', 'fax', 1, 0]",
                "a row of CustomerUser1 Map has no variable in its first column. Write one, or remove the row."
            ),
            ("['UserLogin', 'f', 'fax', 1, 0]", "CustomerUser1 Map has two rows for UserLogin. Remove one."),
            (
                "['UserFax', 'f', 'fax;lang-de', 1, 0]",
                "the attribute of UserFax in CustomerUser1 Map is 'fax;lang-de'. "
                    + "Expected an LDAP attribute without options, such as 'uid'."
            ),
        ])
    func unusable(_ row: String, _ message: String) {
        #expect(read(map: essential + row).messages == ["error: " + message])
    }

    @Test("given other attributes than CustomerKey and CustomerID, when read, then each is a warning and Map wins")
    func difference() {
        let reading = SettingsTests.read(keys: "CustomerKey => 'UID', CustomerID => 'company',")
        #expect(
            reading.messages == [
                "warning: CustomerUser1 Map takes UserCustomerID from 'o', but CustomerID is 'company'. "
                    + "Rollcall follows Map: make both the same."
            ])
        #expect(reading.backEnd?.mapping.row(for: .customerID)?.attribute == "o")
    }

    @Test(
        "given columns that the ticket system reads otherwise, when read, then each is a warning",
        arguments: [
            (
                "'yes', 1, 'var'",
                "column 4 (shown) of UserFax in CustomerUser1 Map is 'yes'. The ticket system expects '0', '1' or '2'."
            ),
            (
                "3, 1, 'var'",
                "column 4 (shown) of UserFax in CustomerUser1 Map is '3'. The ticket system expects '0', '1' or '2'."
            ),
            (
                "1, 'no', 'var'",
                "column 5 (required) of UserFax in CustomerUser1 Map is 'no'. The ticket system expects '0' or '1'."
            ),
            (
                "1, 0, 'text'",
                "column 6 (type) of UserFax in CustomerUser1 Map is 'text'. "
                    + "The ticket system expects 'var', 'int' or 'dynamic_field'."
            ),
            (
                "1, 0, 'var', '', 'var'",
                "column 8 (read-only) of UserFax in CustomerUser1 Map is 'var'. The ticket system expects '0' or '1'."
            ),
            (
                "1, [], 'var'",
                "column 5 (required) of UserFax in CustomerUser1 Map is a list. The ticket system expects '0' or '1'."
            ),
            (
                "1, 0, 'dynamic_field'",
                "column 6 (type) of UserFax in CustomerUser1 Map is 'dynamic_field', which does not go with the variable. "
                    + "Write 'var', or begin the variable with 'DynamicField_'."
            ),
        ])
    func columns(_ columns: String, _ message: String) {
        let reading = read(map: essential + "['UserFax', 'f', 'fax', \(columns)],")
        #expect(reading.messages == ["warning: " + message])
        #expect(reading.isUsable)
    }

    @Test("given a dynamic field of another type, when read, then it is a warning")
    func dynamicField() {
        #expect(
            read(map: essential + "['DynamicField_Floor', undef, 'roomNumber', 1, 0, 'var'],").messages == [
                "warning: column 6 (type) of DynamicField_Floor in CustomerUser1 Map is 'var', "
                    + "which does not go with the variable. Write 'dynamic_field'."
            ])
    }

    @Test("given empty columns, when read, then nothing is said")
    func emptyColumns() {
        #expect(read(map: essential + "['UserFax', 'f', 'fax', '', undef, undef, undef, ''],").lines == [])
    }

    @Test("given variables that miss a known one by a letter, when read, then each is a warning unless that one is there")
    func variables() {
        let rows = ["UserFirstName", "UserCustomerIds", "UserCountry", "UserCounty", "UserFax2", "UserRoom", "UserManager"]
        let reading = read(map: essential + rows.map { "['\($0)', 'x', 'x', 1, 0, 'var']," }.joined())
        #expect(
            reading.messages
                == [("UserFirstName", "UserFirstname"), ("UserCustomerIds", "UserCustomerIDs")].map {
                    "warning: CustomerUser1 Map has a row for \($0), which the ticket system gives no meaning. Is '\($1)' meant?"
                })
    }
}
