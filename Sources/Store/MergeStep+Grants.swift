import Model

/// What the rules give and take.
extension MergeStep {
    /// Gives what the back end's rules give to this person, and takes what they gave and do not give any more.
    func applyRules(_ facts: RuleFacts, _ id: Int64, _ reference: PersonReference, isNew: Bool) throws {
        try noteCustomerRules(facts, id, isNew: isNew)
        var verdict = merge.rules.verdict(on: facts)
        if isWithholding { verdict.granted = try withheld.allowed(verdict, to: id) }
        let (held, rowCount) = isNew ? ([], 0) : try grants.ruleGrants(of: id)
        if held.isEmpty, verdict.granted.isEmpty { return }
        if merge.hasHeldGrants == true { try heldGrants.release(verdict.granted, of: id) }
        try take(held.subtracting(verdict.granted), undecided: verdict.undecided, ofRows: rowCount, id, reference)
        let new = held.isEmpty ? verdict.granted : verdict.granted.subtracting(held)
        try give(new.count > 1 ? new.sorted(by: Grant.inOrder) : Array(new), id, reference)
    }

    /// - Parameter count: how many rows the person's grants by rules are in.
    private func take(
        _ unfounded: Set<Grant>, undecided: Set<String>, ofRows count: Int, _ id: Int64, _ reference: PersonReference
    ) throws {
        if unfounded.isEmpty { return }
        var taken: [Grant] = []
        for grant in unfounded.sorted(by: Grant.inOrder) where !undecided.contains(grant.rule) {
            // A rule that no longer exists was given up on purpose; one that no longer matches may be hidden.
            if merge.givable.contains(grant) { try heldGrants.wait(grant, of: id) } else { taken.append(grant) }
        }
        merge.counts.grantsRemoved += taken.count
        guard taken.count < count else { return try grants.takeRuleGrants(taken, from: id, reference, changes) }
        for grant in taken { try grants.take(grant, from: id, reference, changes) }
    }

    func give(_ given: [Grant], _ id: Int64, _ reference: PersonReference) throws {
        merge.counts.grantsAdded += try grants.give(given, to: id, reference, changes)
        if !isGathering { try grants.insertGifts() }
    }
}
