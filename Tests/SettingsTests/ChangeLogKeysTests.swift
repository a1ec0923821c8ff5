import Foundation
import Model
import Support
import Testing

@testable import Settings

/// `Rollcall::KeepRecords` and `Rollcall::ChangeLogValues`.
@Suite struct ChangeLogKeysTests {
    @Test func `given neither key, when read, then records are kept forever and tell values`() throws {
        let configuration = try #require(read().configuration)
        #expect(configuration.keepRecordsDays == nil)
        #expect(configuration.changeLogValues == .values)
    }

    @Test(arguments: [("'forever'", nil), ("undef", nil), ("400", 400), ("' 7 '", 7)] as [(String, Int?)])
    func `given a time for records, when read, then it is that many days`(_ value: String, _ days: Int?) {
        let reading = read(after: "$Self->{'Rollcall::KeepRecords'} = \(value);")
        #expect(reading.lines == [])
        #expect(reading.configuration?.keepRecordsDays == days)
    }

    @Test(arguments: ["0", "-1", "'a week'", "36526", "''"])
    func `given another time for records, when read, then it is an error`(_ value: String) {
        let shown = value.replacingOccurrences(of: "'", with: "")
        #expect(
            read(after: "$Self->{'Rollcall::KeepRecords'} = \(value);").messages == [
                "error: Rollcall::KeepRecords is '\(shown)'. Expected 'forever', or a whole number of days, 1 to 36525."
            ])
    }

    @Test(arguments: ChangeLogValues.allCases)
    func `given what the log tells, when read, then it is that`(_ values: ChangeLogValues) {
        let reading = read(after: "$Self->{'Rollcall::ChangeLogValues'} = '\(values.rawValue)';")
        #expect(reading.lines == [])
        #expect(reading.configuration?.changeLogValues == values)
    }

    @Test(arguments: [("'none'", "'none'"), ("1", "'1'"), ("[]", "a list")])
    func `given something else for it to tell, when read, then it is an error`(_ value: String, _ shown: String) {
        #expect(
            read(after: "$Self->{'Rollcall::ChangeLogValues'} = \(value);").messages == [
                "error: Rollcall::ChangeLogValues is \(shown). Expected 'values', 'names' or 'digest'."
            ])
    }

    @Test func `given both keys, when explained, then they are told with their place; without them nothing is`() throws {
        let reading = read(
            Sample.file(
                """
                $Self->{'Rollcall::KeepRecords'} = 1;
                $Self->{'Rollcall::ChangeLogValues'} = 'digest';
                \(Sample.backEnd())
                """))
        let lines = try #require(reading.explanation).lines { reading.place(at: $0) }.suffix(2)
        #expect(
            lines.map { $0.split(separator: "  ").map { $0.drop { $0 == " " } }.joined(separator: "|") } == [
                "it tells of people|their immutable id, and salted digests of all values|[z.pm:6:40]",
                "store keeps records|1 day, as far as they are delivered|[z.pm:5:36]",
            ])
    }
}
