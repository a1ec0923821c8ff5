import Foundation
import Model
import Support
import Testing

@testable import ChangeLog

/// The change log's file, on a real disk.
@Suite struct LogFileTests {
    private let folder: TestFolder
    private var path: String { folder["changes.jsonl"] }

    init() throws { folder = try TestFolder() }

    private static func line(_ sequence: Int64, name: String = "vip") -> [UInt8] {
        Record.form(Samples.record(.groupAdded(name: name), sequence: sequence)) + [0x0A]
    }

    private func contents() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    private func put(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    /// The whole text of the problem that opening the file gives.
    private func problem(_ path: String) -> String? {
        do {
            _ = try LogFile(path: path)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `given no file, when opened, then it is made with rights for owner and group only`() throws {
        let file = try LogFile(path: path)
        #expect(file.lastSequence == nil)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let rights = try #require(attributes[.posixPermissions] as? NSNumber).intValue
        #expect(rights & 0o600 == 0o600)
        #expect(rights & ~0o640 == 0)
        #expect(try contents() == [])
    }

    @Test func `given lines are appended, when opened again, then the last number is known and all lines are there`() throws {
        let file = try LogFile(path: path)
        try file.append(Self.line(1) + Self.line(2), lastSequence: 2)
        #expect(file.lastSequence == 2)
        try file.append(Self.line(3), lastSequence: 3)
        #expect(try LogFile(path: path).lastSequence == 3)
        #expect(try contents() == Self.line(1) + Self.line(2) + Self.line(3))
    }

    @Test(arguments: [1, 10, 60, 150])
    func `given a torn last line, when opened, then it is cut back to the last whole one`(_ count: Int) throws {
        try put(Self.line(1) + Self.line(2) + Self.line(3).prefix(count))
        let file = try LogFile(path: path)
        #expect(file.lastSequence == 2)
        #expect(try contents() == Self.line(1) + Self.line(2))
        try file.append(Self.line(3), lastSequence: 3)
        #expect(try contents() == Self.line(1) + Self.line(2) + Self.line(3))
    }

    @Test(arguments: [1, 5, 14, 100])
    func `given only half a first line, when opened, then the file is begun again`(_ count: Int) throws {
        try put(Array(Self.line(1).prefix(count)))
        #expect(try LogFile(path: path).lastSequence == nil)
        #expect(try contents() == [])
    }

    @Test(arguments: [
        "hello\n", "\n", "half of a letter", #"{"event":{"sequence":1}}"# + "\n", #"{"@timestamp":"x"}"# + "\n", "{\"x",
    ])
    func `given a foreign file, when opened, then it is refused and left as it was`(_ text: String) throws {
        try put(Array(text.utf8))
        #expect(
            problem(path) == "change log \(path): it holds something other than change records. "
                + "Move the file away, or name another one with Rollcall::ChangeLog.")
        #expect(try contents() == Array(text.utf8))
    }

    @Test func `given a last line longer than 64 KiB, when opened, then its number is read`() throws {
        let long = String(repeating: "x", count: 200_000)
        try put(Self.line(41) + Self.line(42, name: long))
        #expect(try LogFile(path: path).lastSequence == 42)
        try put(Self.line(43, name: long))
        #expect(try LogFile(path: path).lastSequence == 43)
        try put(Self.line(44, name: long) + Self.line(45, name: long).dropLast())
        #expect(try LogFile(path: path).lastSequence == 44)
        #expect(try contents() == Self.line(44, name: long))
    }

    @Test func `given a value that looks like a number of a record, when opened, then the record's own number counts`() throws {
        try put(Self.line(5, name: #""event":{"sequence":99,"#))
        #expect(try LogFile(path: path).lastSequence == 5)
    }

    @Test func `given a missing folder, when opened, then the problem says to make it`() {
        let missing = folder["nowhere/changes.jsonl"]
        #expect(
            problem(missing) == "change log \(missing): No such file or directory. "
                + "Create its folder, or name another file with Rollcall::ChangeLog.")
    }

    @Test func `given a path below a file, when opened, then the problem names the reason`() throws {
        let below = try folder.write("x", to: "file") + "/changes.jsonl"
        #expect(problem(below) == "change log \(below): Not a directory. Check the disk and the system's log.")
    }

    @Test func `given a folder in the place of the file, when opened, then the problem names the reason`() {
        #expect(problem(folder.path) == "change log \(folder.path): Is a directory. Check the disk and the system's log.")
    }

    @Test func `given a full disk, when appended, then nothing is claimed as written and the problem says what to do`() throws {
        let file = try LogFile(path: "/dev/full")
        let expected = LogProblem(
            path: "/dev/full", reason: "No space left on device",
            remedy: "Make room on the disk. Nothing is lost: the store has every record.")
        #expect(throws: expected) { try file.append(Self.line(1), lastSequence: 1) }
        #expect(file.lastSequence == nil)
    }
}
