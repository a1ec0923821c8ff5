import Model
import Testing

/// Names of groups and permission types, and ids as text.
@Suite struct GroupNameTests {
    @Test(arguments: ["users", "a%b", "Größe 1", "x", String(repeating: "ü", count: 200), "a  b", "users::vip", "\u{1F600}"])
    func `given a good name, when looked at, then there is no objection`(_ name: String) {
        #expect(GroupName.objection(to: name) == nil)
    }

    @Test(arguments: [
        ("", "a group needs a name."), ("  \t", "a group needs a name."),
        (" vip", "the name ' vip' begins or ends with a space, which nobody would see. Leave it out."),
        ("vip\t", "the name 'vip\t' begins or ends with a space, which nobody would see. Leave it out."),
        (
            String(repeating: "x", count: 201),
            "the name has 201 characters, and the ticket system has room for 200. Choose a shorter one."
        ),
        ("vip\nusers", "the name has a line break or another control character. Leave it out."),
        ("vip\u{1B}[31m", "the name has a line break or another control character. Leave it out."),
    ])
    func `given a bad name, when looked at, then it is said why and what to do`(_ name: String, _ objection: String) {
        #expect(GroupName.objection(to: name) == objection)
    }

    @Test(arguments: [["rw"], ["ro", "rw"], ["ro", "move_into", "create", "note", "owner", "priority", "rw"]])
    func `given good permission types, when looked at, then there is no objection`(_ names: [String]) {
        #expect(PermissionTypes.objections(to: names) == [])
    }

    private static let last = "the types end with 'rw', which includes all others. Write rw as the last one."
    private static let twice = "a type is there twice. Name each once."
    private static func bad(_ name: String) -> String {
        "'\(name)' cannot be a type: up to 20 letters, digits and underscores, such as move_into."
    }

    @Test(arguments: [
        ([], [last]), (["ro"], [last]), (["rw", "ro"], [last]), (["RW"], [last]), (["ro", "ro", "rw"], [twice]),
        (["rw", "ro", "rw"], [twice]), (["a b", "", "rw"], [bad("a b"), bad("")]), (["ö", "rw"], [bad("ö")]),
        ([String(repeating: "x", count: 21), "rw"], [bad(String(repeating: "x", count: 21))]),
        (["a-b", "a-b"], [last, twice, bad("a-b"), bad("a-b")]),
    ])
    func `given bad permission types, when looked at, then everything that is wrong is said`(
        _ names: [String], _ objections: [String]
    ) {
        #expect(PermissionTypes.objections(to: names) == objections)
    }

    @Test func `given an id, when written and read, then it is the same in either case`() {
        for bits in [0, 1, .max, 0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF] as [UInt128] {
            let id = DirectoryID(bits: bits)
            #expect(DirectoryID("\(id)") == id)
            #expect(DirectoryID("\(id)".uppercased()) == id)
        }
    }

    @Test(arguments: [
        "", "0123", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdef0",
        "01234567089ab-cdef-0123-456789abcdef", "0123456789abcdef0123456789abcdef0000", "g1234567-89ab-cdef-0123-456789abcdef",
        "{1234567-89ab-cdef-0123-456789abcdef", "０1234567-89ab-cdef-0123-456789abcd",
        "01234567-89ab-cdef-0123-456789abcde\u{0}",
    ])
    func `given a text that is no id, when read, then it is none`(_ text: String) {
        #expect(DirectoryID(text) == nil)
    }

    @Test(arguments: 0...10)
    func `given a slot's key, when read, then it is the slot`(_ number: Int) {
        #expect(Slot(number).flatMap { Slot(key: $0.key) } == Slot(number))
    }

    @Test(arguments: ["", "CustomerUser0", "CustomerUser01", "CustomerUser11", "customeruser", "CustomerUser1 "])
    func `given another text, when read as a slot's key, then it is none`(_ key: String) {
        #expect(Slot(key: key) == nil)
    }

    @Test func `given groups exchange their names, when earlier records are followed, then each is found`() {
        var renames = GroupRenames()
        for (record, former, name) in [(3, "a", "x"), (5, "b", "a"), (7, "x", "b"), (9, "c", "x")] as [(Int64, String, String)]
        {
            renames.note(
                ChangeRecord(
                    sequence: record, microseconds: 0, cycle: nil, backEnd: nil, change: .groupRenamed(name: name, from: former)
                ))
        }
        #expect(renames.current("a", after: 1) == "b")
        #expect(renames.current("b", after: 1) == "a")
        #expect(renames.current("a", after: 3) == "a")
        #expect(renames.current("x", after: 4) == "b")
        #expect(renames.current("x", after: 9) == "x")
        #expect(renames.current("d", after: 0) == "d")
    }
}
