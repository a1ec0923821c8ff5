import ChangeLog
import Model
import Testing

/// Records in words for people.
@Suite struct RecordTextTests {
    private static func text(_ change: Change, backEnd: Slot? = Slot(1)) throws -> RecordText {
        try RecordText(Record.form(Samples.record(change, backEnd: backEnd)))
    }

    /// In the order of `Samples.all`.
    private static let words = [
        "customer-user-added  anna  a@x.test, customer ACME (CustomerUser1)",
        "customer-user-updated  anna  phone: 1 -> (none) (CustomerUser1)",
        "customer-user-renamed  anna  login: ann -> anna (CustomerUser1)",
        "customer-user-invalidated  anna  absent-and-not-found at ldap://ldap.test:389 (CustomerUser1)",
        "customer-user-revalidated  anna  (CustomerUser1)",
        "customer-user-removal-held  anna  absent-and-not-found at ldap://ldap.test:389; 9 of 9 people are missing "
            + "(CustomerUser1)",
        "customer-added  ACME  (CustomerUser1)", "group-added  vip  (CustomerUser1)",
        "group-updated  vip  valid_id: 2 -> 1 (CustomerUser1)", "group-invalidated  vip  (CustomerUser1)",
        "grant-added  anna  rw on vip by UserSyncGroupsDefinition cn=vip,dc=x (CustomerUser1)",
        "grant-removed  anna  ro on vip by manual (CustomerUser1)", "always-group-added  users  for every customer user",
        "always-group-removed  users  for every customer",
    ]

    @Test(arguments: zip(Samples.all, words))
    func `given each change, when told, then it is one line of words`(_ change: Change, _ words: String) throws {
        #expect(try Self.text(change).change == words)
        #expect(try Self.text(change).description == "7  2023-11-14T22:13:20.000007Z  " + words)
    }

    @Test func `given no back end, when told, then no place is named`() throws {
        #expect(try Self.text(.groupAdded(name: "vip"), backEnd: nil).change == "group-added  vip")
    }

    @Test func `given a record, when only its keys are asked for, then no other value shows`() throws {
        let keys = try Samples.all.map { try Self.text($0).keys }
        #expect(keys.prefix(2) == ["customer-user-added anna", "customer-user-updated anna"])
        #expect(
            keys.suffix(4) == [
                "grant-added anna", "grant-removed anna", "always-group-added users", "always-group-removed users",
            ])
    }

    @Test(arguments: [
        ("\u{1B}[2J", "\u{FFFD}[2J"), ("a\nb\r", "a\u{FFFD}b\u{FFFD}"), ("\u{202E}evil", "\u{FFFD}evil"),
        ("\u{2028}", "\u{FFFD}"), ("\u{9B}1m", "\u{FFFD}1m"), ("\u{E0041}", "\u{FFFD}"), ("M\u{FC}ller", "M\u{FC}ller"),
        ("\u{1F468}\u{200D}\u{1F469}", "\u{1F468}\u{200D}\u{1F469}"),
    ])
    func `given a hostile login, when told, then the terminal is safe`(_ login: String, _ shown: String) throws {
        let person = PersonReference(directoryID: DirectoryID(bits: 1), login: login, customerID: "ACME")
        let text = try Self.text(.customerUserRevalidated(person, []))
        #expect(text.change == "customer-user-revalidated  \(shown)  (CustomerUser1)")
        #expect(text.keys == "customer-user-revalidated \(shown)")
    }

    @Test(arguments: ["", "{}", "[]", "not json", #"{"@timestamp":"x"}"#])
    func `given no record, when read, then it is refused`(_ text: String) {
        #expect(throws: (any Error).self) { try RecordText(Array(text.utf8)) }
    }
}
