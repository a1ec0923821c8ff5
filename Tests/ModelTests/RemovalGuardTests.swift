import Model
import Testing

/// How many may go before a person has to look.
@Suite struct RemovalGuardTests {
    @Test(arguments: [
        (RemovalLimit.percent(20), 100, 20), (.percent(20), 99, 19), (.percent(20), 10, 5), (.percent(0), 1_000_000, 5),
        (.percent(100), 7, 7), (.count(12), 100, 12), (.count(0), 100, 5), (.count(3), 0, 5), (.percent(20), 0, 5),
    ])
    func `given a limit, when asked how many may go, then it is never fewer than five`(
        _ limit: RemovalLimit, _ present: Int, _ allowed: Int
    ) {
        #expect(limit.allowed(of: present) == allowed)
    }

    private func ruling(
        _ limit: RemovalLimit, minimum: Int = 0, missing: Int, of present: Int, entries: Int? = 1, doubt: String? = nil,
        canaries: [String] = []
    ) -> RemovalGuard.Ruling {
        RemovalGuard(limit: limit, minimumUsers: minimum).ruling(
            RemovalGuard.Finding(
                missing: missing, present: present, entries: entries, doubt: doubt, missingCanaries: canaries))
    }

    private let account =
        "Check the base, the filter and what the bind account may read. "
        + "If they really left, approve it with 'rollcall approve'."

    @Test func `given as many as the limit are missing, when ruled, then they go`() {
        #expect(ruling(.percent(20), missing: 20, of: 100, entries: 80) == .remove)
        #expect(ruling(.percent(0), missing: 5, of: 6, entries: 1) == .remove)
        #expect(ruling(.standard, missing: 0, of: 0, entries: 0) == .remove)
        #expect(ruling(.standard, missing: 3, of: 100, entries: nil) == .remove)
    }

    @Test func `given one more than the limit is missing, when ruled, then all are held and the reason says what to do`() {
        #expect(
            ruling(.standard, missing: 21, of: 100, entries: 79)
                == .hold(
                    reason: "21 of 100 people are missing, more than the 20 that RemovalLimit allows. "
                        + "If they really left, approve it with 'rollcall approve'."))
    }

    @Test(arguments: [1, 5, 1000])
    func `given the directory returned nobody, when ruled, then even one is held whatever the limit`(_ missing: Int) {
        #expect(
            ruling(.percent(100), missing: missing, of: 1000, entries: 0)
                == .hold(reason: "the directory returned nobody, where the mirror has 1000. \(account)"))
    }

    @Test func `given a doubt, a canary or a minimum, when it speaks against a removal, then even one is held`() {
        #expect(
            ruling(.percent(100), missing: 1, of: 1000, doubt: "the account sees less")
                == .hold(reason: "the account sees less. \(account)"))
        #expect(
            ruling(.percent(100), missing: 1, of: 1000, canaries: ["ada", "bob"])
                == .hold(reason: "'ada' of Canaries is not there. \(account)"))
        #expect(
            ruling(.percent(100), minimum: 1000, missing: 1, of: 1000)
                == .hold(
                    reason: "999 people would remain, fewer than the 1000 of MinimumUsers. "
                        + "If they really left, approve it with 'rollcall approve'."))
        #expect(ruling(.percent(100), minimum: 999, missing: 1, of: 1000) == .remove)
        #expect(ruling(.percent(0), minimum: 1000, missing: 0, of: 10, doubt: "a doubt", canaries: ["ada"]) == .remove)
    }
}
