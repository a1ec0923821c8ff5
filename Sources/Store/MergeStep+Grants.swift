import Model

/// What the rules give and take.
extension MergeStep {
    /// Gives what the back end's rules give to this person, and takes what they gave and do not give any more.
    func applyRules(_ facts: RuleFacts, _ id: Int64, _ reference: PersonReference, isNew: Bool) throws {
        try noteCustomerRules(facts, id, isNew: isNew)
        var verdict = merge.rules.verdict(on: facts)
        if isWithholding { verdict.granted = try withheld.allowed(verdict, to: id) }
        let held = isNew ? [] : try grants.ruleGrants(of: id)
        if held.isEmpty, verdict.granted.isEmpty { return }
        if merge.hasHeldGrants == true { try heldGrants.release(verdict.granted, of: id) }
        for grant in held.subtracting(verdict.granted).sorted(by: Grant.inOrder)
        where !verdict.undecided.contains(grant.rule) {
            // A rule that no longer exists was given up on purpose; one that no longer matches may be hidden.
            guard !merge.givable.contains(grant) else {
                try heldGrants.wait(grant, of: id)
                continue
            }
            merge.counts.grantsRemoved += 1
            try grants.take(grant, from: id, reference, changes)
        }
        let new = held.isEmpty ? verdict.granted : verdict.granted.subtracting(held)
        for grant in new.sorted(by: Grant.inOrder) { try give(grant, id, reference) }
    }

    func give(_ grant: Grant, _ id: Int64, _ reference: PersonReference) throws {
        let before = changes.sequence
        try grants.give(grant, to: id, reference, changes)
        if !isGathering { try grants.insertGifts() }
        if changes.sequence > before { merge.counts.grantsAdded += 1 }
    }
}
