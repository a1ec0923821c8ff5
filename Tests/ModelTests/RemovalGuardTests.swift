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

    @Test func `given as many as the limit are missing, when ruled, then they go`() {
        #expect(RemovalGuard(limit: .percent(20)).ruling(missing: 20, present: 100, entries: 80) == .remove)
        #expect(RemovalGuard(limit: .percent(0)).ruling(missing: 5, present: 6, entries: 1) == .remove)
        #expect(RemovalGuard(limit: .standard).ruling(missing: 0, present: 0, entries: 0) == .remove)
    }

    @Test func `given one more than the limit is missing, when ruled, then all are held and the reason says what to do`() {
        #expect(
            RemovalGuard(limit: .standard).ruling(missing: 21, present: 100, entries: 79)
                == .hold(
                    reason: "21 of 100 people are missing, more than the 20 that RemovalLimit allows. "
                        + "If they really left, raise RemovalLimit for one cycle."))
    }

    @Test(arguments: [1, 5, 1000])
    func `given the directory returned nobody, when ruled, then even one is held whatever the limit`(_ missing: Int) {
        #expect(
            RemovalGuard(limit: .percent(100)).ruling(missing: missing, present: 1000, entries: 0)
                == .hold(
                    reason: "the directory returned nobody, where the mirror has 1000. "
                        + "Check the base, the filter and what the bind account may read."))
    }
}
