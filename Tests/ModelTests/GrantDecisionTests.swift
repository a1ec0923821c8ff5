import Support
import Testing

@testable import Model

/// What commands on grants come to, for one grantee on one group.
@Suite struct GrantDecisionTests {
    private static let create = Permission("create")
    private static let rule = "UserSyncGroupsDefinition cn=vip"

    private func manual(_ permission: Permission) -> Grant { Grant(group: "vip", permission: permission, source: .manual) }
    private func byRule(_ permission: Permission, _ rule: String = rule) -> Grant {
        Grant(group: "vip", permission: permission, source: .rule, rule: rule)
    }
    private func grant(_ wanted: Set<Permission>, _ held: Set<Grant>) -> GrantDecision {
        .granting(wanted, on: "vip", holding: held)
    }
    private func revoke(_ unwanted: Set<Permission>, _ held: Set<Grant>, withholding: Bool = false) -> GrantDecision {
        .revoking(unwanted, on: "vip", holding: held, withholding: withholding)
    }

    @Test func `given nothing is held, when permissions are granted, then each is given by hand`() {
        #expect(
            grant([.readOnly, Self.create], []) == GrantDecision(given: [manual(.readOnly), manual(Self.create)]))
    }

    @Test func `given rw is granted with others, when nothing is held, then rw alone is given`() {
        #expect(grant([.readOnly, .readWrite, Self.create], []) == GrantDecision(given: [manual(.readWrite)]))
    }

    @Test func `given rw is held by hand, when anything is granted, then nothing changes`() {
        #expect(grant([.readOnly], [manual(.readWrite)]) == GrantDecision())
        #expect(grant([.readWrite, Self.create], [manual(.readWrite)]) == GrantDecision())
    }

    @Test func `given less is held by hand, when rw is granted, then it takes the place of that and of nothing else`() {
        let held = [manual(.readOnly), byRule(.readOnly), manual(Self.create)]
        #expect(
            grant([.readWrite], Set(held))
                == GrantDecision(given: [manual(.readWrite)], taken: [manual(.readOnly), manual(Self.create)]))
    }

    @Test func `given a rule gives it, when it is granted by hand, then both are kept apart`() {
        #expect(grant([.readOnly], [byRule(.readWrite)]) == GrantDecision(given: [manual(.readOnly)]))
    }

    @Test func `given what is held by hand and at first, when it is revoked, then both go`() {
        let initial = Grant(group: "vip", permission: .readWrite, source: .initial, rule: "UserSyncInitialGroups")
        #expect(revoke([.readWrite], [manual(.readWrite), initial]) == GrantDecision(taken: [manual(.readWrite), initial]))
    }

    @Test func `given a rule gives one of two, when both are revoked, then all is refused`() {
        let held: Set = [manual(Self.create), byRule(.readOnly, "z"), byRule(.readOnly, "a")]
        #expect(
            revoke([.readOnly, Self.create], held) == GrantDecision(refusals: [.givenByRule(.readOnly, rule: "a")]))
    }

    @Test func `given a rule gives it, when it is revoked and held, then it is taken and kept away`() {
        let held: Set = [manual(.readOnly), byRule(.readOnly)]
        #expect(
            revoke([.readOnly], held, withholding: true) == GrantDecision(taken: held, withheld: [.readOnly]))
        #expect(revoke([.readOnly], [], withholding: true) == GrantDecision(withheld: [.readOnly]))
    }

    @Test func `given rw is held, when a part of it is revoked, then that is refused, also with hold`() {
        let refused = GrantDecision(refusals: [.includedInReadWrite(.readOnly)])
        #expect(revoke([.readOnly], [manual(.readWrite)]) == refused)
        #expect(revoke([.readOnly], [byRule(.readWrite)], withholding: true) == refused)
        #expect(revoke([.readOnly], [manual(.readWrite), manual(.readOnly)]) == GrantDecision(taken: [manual(.readOnly)]))
    }

    @Test func `given nothing is held, when it is revoked, then nothing happens`() {
        #expect(revoke([.readOnly, .readWrite], []) == GrantDecision())
    }

    @Test func `given something is withheld, when rules are asked, then rw stays away with every part`() {
        #expect(Set([Permission.readOnly]).keepAway(.readOnly))
        #expect(Set([Permission.readOnly]).keepAway(.readWrite))
        #expect(!Set([Permission.readOnly]).keepAway(Self.create))
        #expect(Set([Permission.readWrite]).keepAway(.readWrite))
        #expect(!Set([Permission.readWrite]).keepAway(.readOnly))
        #expect(!Set<Permission>().keepAway(.readWrite))
    }

    @Test(arguments: [7, 20_261_125] as [UInt64])
    func `given random grants, when granted and revoked, then what one did not name stays`(_ seed: UInt64) {
        var random = Seeded(seed)
        let all = [Permission.readOnly, Self.create, .readWrite]
        for _ in 0..<2_000 {
            let some = { all.filter { _ in random.oneIn(2) } }
            let held = Set(some().map(manual) + some().map { byRule($0) })
            let wanted = Set(some())
            let given = grant(wanted, held)
            let after = held.subtracting(given.taken).union(given.given)
            #expect(given.given.isDisjoint(with: held) && given.taken.isSubset(of: held), "seed \(seed)")
            #expect(held.filter { $0.source == .rule }.isSubset(of: after), "seed \(seed)")
            for permission in wanted {
                #expect(after.contains(manual(permission)) || after.contains(manual(.readWrite)), "seed \(seed)")
            }
            let taken = revoke(wanted, held)
            #expect(taken.taken.allSatisfy { wanted.contains($0.permission) && $0.source == .manual }, "seed \(seed)")
            #expect(taken.refusals.isEmpty || taken.taken.isEmpty, "seed \(seed)")
        }
    }
}
