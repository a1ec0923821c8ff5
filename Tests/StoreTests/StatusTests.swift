import ChangeLog
import Model
import Store
import Support
import Testing

/// What waits for the outlets of the change log.
@Suite struct StatusTests {
    private let folder: TestFolder
    private let store: Store

    init() throws {
        folder = try TestFolder()
        store = try Store(writingTo: folder["store.sqlite"], form: Record.form)
    }

    private func cycle() throws {
        let cycle = try store.beginCycle(
            Configuration(backEnds: [], groups: GroupSettings(groups: [], alwaysGroups: [:])), now: 1)
        try store.endCycle(cycle, CycleSummary(outcome: .done, counts: [:], nanoseconds: 0), now: 2)
    }

    private func outlets() throws -> [String] {
        try store.status().outlets.map { "\($0.name) \($0.delivered) \($0.waiting)" }
    }

    @Test func `given outlets, when records come and are delivered, then status counts what each of them waits for`() throws {
        #expect(try outlets() == ["file 0 0"])
        try cycle()
        #expect(try outlets() == ["file 0 2"])
        try store.enlistOutlets(["file", "syslog tls://a:1", "journal"])
        try cycle()
        try store.setDelivered(4, to: "file")
        try store.setDelivered(3, to: "journal")
        #expect(try outlets() == ["file 4 0", "journal 3 1", "syslog tls://a:1 2 2"])
        try store.setDelivered(4, to: "journal")
        #expect(try outlets() == ["file 4 0", "journal 4 0", "syslog tls://a:1 2 2"])
    }

    @Test func `given numbers that go on after a file's, when status counts, then no number without a record waits`() throws {
        try store.enlistOutlets(["file", "journal"])
        try store.continueNumbering(after: 1000, head: .zero, time: 0)
        #expect(try outlets() == ["file 0 0", "journal 0 0"])
        try cycle()
        #expect(try outlets() == ["file 0 2", "journal 0 2"])
        try store.setDelivered(1001, to: "journal")
        #expect(try outlets() == ["file 0 2", "journal 1001 1"])
    }
}
