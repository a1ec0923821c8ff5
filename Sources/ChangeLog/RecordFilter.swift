import Foundation

/// Which records somebody asks for. What is given several times asks for any of them; different things ask for all.
package struct RecordFilter: Sendable {
    /// Microseconds since 1970 (UTC): not before, and before.
    package var since: Int64?
    package var until: Int64?
    /// Logins, also former ones, or immutable ids.
    package var users: [String] = []
    package var customers: [String] = []
    /// Names, also former ones.
    package var groups: [String] = []
    package var backEnds: [String] = []
    package var actions: [String] = []
    package var cycles: [Int64] = []
    package var actors: [String] = []

    package init() {}

    /// Nearly all lines are passed over by their bytes alone, so that one person is found quickly among millions of records.
    ///
    /// - Parameter line: without its line feed.
    /// - Returns: the record, if it is one that was asked for.
    /// - Throws: when the line is no record.
    package func record(_ line: [UInt8]) throws -> RecordText? {
        guard isInTime(line), needles.allSatisfy({ $0.contains { Self.contains(line, $0) } }) else { return nil }
        let record = try RecordText(line)
        return matches(record.line) ? record : nil
    }

    private func isInTime(_ line: [UInt8]) -> Bool {
        if since == nil, until == nil { return true }
        let time = line.dropFirst(#"{"@timestamp":""#.utf8.count).prefix(Timestamp.count)
        if let since, time.lexicographicallyPrecedes(Timestamp.text(since)) { return false }
        if let until, !time.lexicographicallyPrecedes(Timestamp.text(until)) { return false }
        return true
    }

    /// Of each list one has to be in the line.
    private var needles: [[[UInt8]]] {
        let texts = [users, customers, groups, backEnds, actions, actors].filter { !$0.isEmpty }
        return texts.map { $0.map(JSONWriter.bytes) } + (cycles.isEmpty ? [] : [cycles.map { Array("\"cycle\":\($0)".utf8) }])
    }

    private static func contains(_ line: [UInt8], _ needle: [UInt8]) -> Bool {
        line.withUnsafeBytes { line in
            needle.withUnsafeBytes { needle in
                guard var place = line.baseAddress, let wanted = needle.baseAddress, needle.count > 1 else { return false }
                let end = place + line.count
                // Needles begin with a quote, and so does every second word of a line: the byte after it is looked for.
                while end - place >= needle.count,
                    let found = memchr(place + 1, Int32(needle[1]), end - place - needle.count + 1)
                {
                    place = UnsafeRawPointer(found) - 1
                    if memcmp(place, wanted, needle.count) == 0 { return true }
                    place += 1
                }
                return false
            }
        }
    }

    private func matches(_ line: RecordLine) -> Bool {
        let former = { (field: String) in [line.rollcall.changes?[field]?.from] }
        return Self.has(users, [line.user?.name, line.user?.id] + (line.user == nil ? [] : former("login")))
            && Self.has(customers, [line.organization?.id])
            && Self.has(groups, [line.group?.name] + (line.event.action == "group-renamed" ? former("name") : []))
            && Self.has(backEnds, [line.rollcall.back_end]) && Self.has(actions, [line.event.action])
            && Self.has(actors, [line.rollcall.actor])
            && (cycles.isEmpty || line.rollcall.cycle.map(cycles.contains) == true)
    }

    private static func has(_ wanted: [String], _ values: [String?]) -> Bool {
        wanted.isEmpty || values.contains { value in value.map(wanted.contains) == true }
    }
}
