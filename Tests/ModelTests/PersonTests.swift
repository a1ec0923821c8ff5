import Model
import Testing

/// Slots, fields, mappings, customers of a person, ids.
@Suite struct PersonTests {
    @Test func `given all slots, when named, then the first has no number`() {
        #expect(Slot.numbers.compactMap { Slot($0)?.key }.prefix(3) == ["CustomerUser", "CustomerUser1", "CustomerUser2"])
        #expect(Slot.numbers.compactMap { Slot($0) }.map(\.description).last == "CustomerUser10")
    }

    @Test(arguments: [-1, 11, .max, .min])
    func `given a number that the ticket system does not read, when made a slot, then there is none`(_ number: Int) {
        #expect(Slot(number) == nil)
    }

    @Test func `given slots in any order, when sorted, then numbers decide and not names`() {
        let sorted = [10, 2, 0, 1].compactMap { Slot($0) }.sorted()
        #expect(sorted.map(\.number) == [0, 1, 2, 10])
    }

    @Test func `given every field, when its variable is looked up, then the same field comes back`() {
        for field in Field.allCases { #expect(Field(variable: field.variable) == field) }
        #expect(Set(Field.allCases.map(\.column)).count == Field.allCases.count)
        #expect(Field.firstName.variable == "UserFirstname")
        #expect(Field.firstName.column == "first_name")
        #expect(Field.comments.variable == "UserComment")
        #expect(Field.comments.column == "comments")
        #expect(Field(variable: "userlogin") == nil)
    }

    @Test func `given a mapping, when asked for a field, then its row is found and no other`() {
        let mapping = Mapping(
            keyAttribute: "uid",
            rows: [
                .init(.field(.login), from: "uid", isRequired: true), .init(.extra("DynamicField_Floor"), from: "roomNumber"),
            ])
        #expect(mapping.row(for: .login)?.attribute == "uid")
        #expect(mapping.row(for: .login)?.isRequired == true)
        #expect(mapping.row(for: .email) == nil)
        #expect(mapping.rows.map(\.target.variable) == ["UserLogin", "DynamicField_Floor"])
    }

    @Test(arguments: [
        ("", ["MAIN"]),
        ("A;B", ["A", "B", "MAIN"]),
        ("A,B", ["A", "B", "MAIN"]),
        ("A|B", ["A", "B", "MAIN"]),
        ("A,x;B|y", ["A,x", "B|y", "MAIN"]),
        ("A|x,B|y", ["A|x", "B|y", "MAIN"]),
        (" A ;\tB; ;;", ["A", "B", "MAIN"]),
        ("A;A;B;A", ["A", "B", "MAIN"]),
        ("MAIN;A", ["A", "MAIN"]),
        ("only one", ["only one", "MAIN"]),
        ("a;A", ["a", "A", "MAIN"]),
    ])
    func `given further customer IDs, when split, then each is there once and the primary last`(
        _ text: String, _ customers: [String]
    ) {
        #expect(CustomerUser([.login: "anna", .customerID: "MAIN", .customerIDs: text]).customers == customers)
    }

    @Test func `given customer IDs that differ in their bytes only, when split, then they stay two`() {
        let user = CustomerUser([.customerID: "X", .customerIDs: "M\u{FC}ller;Mu\u{308}ller"])
        #expect(user.customers.map { Array($0.utf8).count } == [7, 8, 1])
    }

    @Test func `given no values, when a customer user is made, then every field is empty and can be set`() {
        var user = CustomerUser()
        #expect(Field.allCases.allSatisfy { user[$0].isEmpty })
        user[.city] = "Oslo"
        #expect(user == CustomerUser([.city: "Oslo"]))
        #expect(user.login == "")
    }

    @Test(arguments: [("", ""), (" \t ", ""), (" a b\t", "a b"), ("a", "a"), ("\u{A0}a", "\u{A0}a")])
    func `given spaces around a text, when trimmed, then only spaces and tabs go`(_ text: String, _ trimmed: String) {
        #expect(text.trimmingSpaces() == trimmed)
    }

    @Test(arguments: [
        (0 as UInt128, "00000000-0000-0000-0000-000000000000"),
        (UInt128.max, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        (0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF, "01234567-89ab-cdef-0123-456789abcdef"),
        (0xF, "00000000-0000-0000-0000-00000000000f"),
    ])
    func `given an immutable id, when shown, then it has the text form of a UUID`(_ bits: UInt128, _ text: String) {
        #expect("\(DirectoryID(bits: bits))" == text)
    }

    @Test func `given immutable ids, when compared, then the whole number counts`() {
        #expect(DirectoryID(bits: 1) < DirectoryID(bits: 1 << 127))
        #expect(!(DirectoryID(bits: 1) < DirectoryID(bits: 1)))
    }

    @Test func `given each coverage, when asked, then only a complete one proves absence`() {
        let all: [Coverage] = [.complete, .delta, .partial(reason: "cut")]
        #expect(all.map(\.provesAbsence) == [true, false, false])
        #expect(all.map(\.name) == ["complete", "delta", "partial"])
    }
}
