import Model

/// A line that is no change record, and why.
package struct UnreadableRecord: Error, CustomStringConvertible {
    package let description: String
}

extension Record {
    /// Reads a line. The order of `changes` is that of their names: a JSON object has none.
    static func decode(_ bytes: [UInt8]) throws -> ChangeRecord {
        let line = try RecordLine(bytes)
        guard let time = Timestamp.microseconds(line.timestamp) else {
            throw UnreadableRecord(description: "its @timestamp '\(line.timestamp)' is no time in UTC with microseconds")
        }
        guard let change = line.change else {
            throw UnreadableRecord(description: "its action '\(line.event.action)' is not known, or a part of it is missing")
        }
        return ChangeRecord(
            sequence: line.event.sequence, microseconds: time, cycle: line.rollcall.cycle, backEnd: line.slot,
            actor: line.rollcall.actor == "cycle" ? nil : line.rollcall.actor, change: change)
    }
}

extension RecordLine {
    fileprivate var slot: Slot? { rollcall.back_end.flatMap(Slot.init(key:)) }

    fileprivate var change: Change? {
        customerUserChange ?? customerChange ?? groupChange ?? grantChange ?? settingsChange ?? proceeding
    }

    // MARK: Parts

    private var person: PersonReference? {
        guard let user, let id = user.id.flatMap(DirectoryID.init) else { return nil }
        // Where only a digest tells the login, the immutable id is the name.
        return PersonReference(directoryID: id, login: user.name ?? "\(id)", customerID: organization?.id ?? "")
    }

    private var fields: [Model.FieldChange] {
        (rollcall.changes ?? [:]).sorted { $0.key < $1.key }
            .map { Model.FieldChange($0.key, from: $0.value.from, to: $0.value.to) }
    }

    private var evidence: Model.Evidence? {
        guard let evidence = rollcall.evidence, let kind = Model.Evidence.Kind(rawValue: evidence.kind) else { return nil }
        return Model.Evidence(kind, server: evidence.server, position: evidence.position)
    }

    private var grantee: Grantee? {
        if let person { return .customerUser(person) }
        guard let id = organization?.id, let context = (rollcall.grant?.context).flatMap(PermissionContext.init) else {
            return nil
        }
        return .customer(id: id, context)
    }

    private var fullGrant: Model.Grant? {
        guard let group = group?.name, let grant = rollcall.grant, let source = grant.source.flatMap(GrantSource.init) else {
            return nil
        }
        return Model.Grant(
            group: group, permission: Permission(grant.permission), source: source, rule: grant.rule ?? "")
    }

    // MARK: Changes

    private var customerUserChange: Change? {
        guard let person else { return nil }
        switch event.action {
        case "customer-user-added": return .customerUserAdded(person, fields)
        case "customer-user-updated": return .customerUserUpdated(person, fields)
        case "customer-user-renamed": return .customerUserRenamed(person, fields)
        case "customer-user-revalidated": return .customerUserRevalidated(person, fields)
        case "customer-user-invalidated": return evidence.map { .customerUserInvalidated(person, $0) }
        case "customer-user-removal-held":
            return evidence.map { .customerUserRemovalHeld(person, $0, reason: event.reason ?? "") }
        case "customer-user-removal-approved": return evidence.map { .customerUserRemovalApproved(person, $0) }
        case "customer-user-erased":
            return rollcall.erased.map {
                .customerUserErased(person.directoryID, Erasure(grants: $0.grants, records: $0.records))
            }
        default: return nil
        }
    }

    private var customerChange: Change? {
        guard let id = organization?.id else { return nil }
        switch event.action {
        case "customer-added": return .customerAdded(id: id)
        case "customer-updated": return .customerUpdated(id: id, fields)
        case "customer-invalidated": return .customerInvalidated(id: id)
        default: return nil
        }
    }

    private var groupChange: Change? {
        guard let name = group?.name else { return nil }
        let kind = rollcall.always_group.flatMap(AlwaysGroupKind.init)
        switch event.action {
        case "group-added": return .groupAdded(name: name)
        case "group-updated": return .groupUpdated(name: name, fields)
        case "group-invalidated": return .groupInvalidated(name: name)
        case "group-renamed": return (rollcall.changes?["name"]?.from).map { .groupRenamed(name: name, from: $0) }
        case "always-group-added": return kind.map { .alwaysGroupAdded($0, group: name) }
        case "always-group-removed": return kind.map { .alwaysGroupRemoved($0, group: name) }
        default: return nil
        }
    }

    private var grantChange: Change? {
        guard let grantee, let group = group?.name, let grant = rollcall.grant else { return nil }
        switch event.action {
        case "grant-added": return fullGrant.map { .grantAdded(grantee, $0) }
        case "grant-removed": return fullGrant.map { .grantRemoved(grantee, $0) }
        case "grant-held":
            guard let person, let fullGrant else { return nil }
            return .grantHeld(person, fullGrant, reason: event.reason ?? "")
        case "grant-withheld": return .grantWithheld(grantee, group: group, Permission(grant.permission))
        case "grant-released": return .grantReleased(grantee, group: group, Permission(grant.permission))
        default: return nil
        }
    }

    private var settingsChange: Change? {
        switch event.action {
        case "settings-changed": .settingsChanged(fields)
        case "settings-deployed": rollcall.deployment.map { .settingsDeployed(number: $0, fields) }
        case "back-end-updated": .backEndUpdated(fields)
        case "back-end-failed": .backEndFailed(reason: event.reason ?? "")
        case "back-end-recovered": .backEndRecovered
        default: nil
        }
    }

    /// What Rollcall tells of itself.
    private var proceeding: Change? {
        switch event.action {
        case "cycle-started": .cycleStarted
        case "cycle-finished":
            rollcall.outcome.flatMap(CycleOutcome.init).map {
                .cycleFinished(
                    CycleSummary(
                        outcome: $0, counts: rollcall.counts ?? [:], nanoseconds: event.duration ?? 0, signature: signature))
            }
        case "configuration-loaded":
            rollcall.configuration.map {
                .configurationLoaded(ConfigurationStamp(files: $0.files, digest: $0.digest ?? ""))
            }
        case "configuration-rejected":
            rollcall.configuration.map { .configurationRejected(files: $0.files, reason: event.reason ?? "") }
        case "log-opened":
            event.reason.flatMap(LogOpening.init).flatMap { opening in file.map { .logOpened(path: $0.path, opening) } }
        case "log-sealed": sealed.map(Change.logSealed)
        default: nil
        }
    }

    private var signature: HeadSignature? { rollcall.signature.map { HeadSignature(key: $0.key, value: $0.value) } }

    private var sealed: SealedRecords? {
        guard let sealed = rollcall.sealed, sealed.first <= sealed.last, let hash = ChainHash(hex: sealed.hash_of_last.utf8)
        else { return nil }
        return SealedRecords(numbers: sealed.first...sealed.last, count: sealed.count, hash: hash)
    }
}
