import Model

/// What each change says, part by part, as its record has it.
extension Change {
    var customer: String? {
        switch self {
        case .customerAdded(let id), .customerUpdated(let id, _), .customerInvalidated(let id): id
        default: grantee?.customerID ?? person?.customerID
        }
    }

    var group: String? {
        switch self {
        case .groupAdded(let name), .groupUpdated(let name, _), .groupInvalidated(let name), .groupRenamed(let name, _): name
        case .alwaysGroupAdded(_, let group), .alwaysGroupRemoved(_, let group): group
        case .grantAdded(_, let grant), .grantRemoved(_, let grant), .grantHeld(_, let grant, _): grant.group
        case .grantWithheld(_, let group, _), .grantReleased(_, let group, _): group
        default: nil
        }
    }

    /// Permission, source and rule; what is withheld or released is so whatever its source.
    var grant: (permission: Permission, source: GrantSource?, rule: String)? {
        switch self {
        case .grantAdded(_, let grant), .grantRemoved(_, let grant), .grantHeld(_, let grant, _):
            (grant.permission, grant.source, grant.rule)
        case .grantWithheld(_, _, let permission), .grantReleased(_, _, let permission): (permission, nil, "")
        default: nil
        }
    }

    var fields: [FieldChange]? {
        switch self {
        case .customerUserAdded(_, let fields), .customerUserUpdated(_, let fields), .customerUserRenamed(_, let fields),
            .customerUserRevalidated(_, let fields), .groupUpdated(_, let fields), .customerUpdated(_, let fields),
            .settingsChanged(let fields), .settingsDeployed(_, let fields), .backEndUpdated(let fields):
            fields
        case .groupRenamed(let name, let former): [FieldChange("name", from: former, to: name)]
        default: nil
        }
    }

    var evidence: Evidence? {
        switch self {
        case .customerUserInvalidated(_, let evidence), .customerUserRemovalHeld(_, let evidence, _),
            .customerUserRemovalApproved(_, let evidence):
            evidence
        default: nil
        }
    }

    var reason: String? {
        switch self {
        case .customerUserRemovalHeld(_, _, let reason), .grantHeld(_, _, let reason), .backEndFailed(let reason),
            .configurationRejected(_, let reason):
            reason
        case .logOpened(_, let opening): opening.rawValue
        default: nil
        }
    }

    var alwaysGroup: AlwaysGroupKind? {
        switch self {
        case .alwaysGroupAdded(let kind, _), .alwaysGroupRemoved(let kind, _): kind
        default: nil
        }
    }

    var deployment: Int64? { if case .settingsDeployed(let number, _) = self { number } else { nil } }

    /// `event.category` and `event.type` of the Elastic Common Schema, as JSON.
    var kind: (category: StaticString, types: StaticString) {
        switch self {
        case .customerUserAdded: (#"["iam"]"#, #"["user","creation"]"#)
        case .customerUserUpdated, .customerUserRenamed, .customerUserInvalidated, .customerUserRevalidated:
            (#"["iam"]"#, #"["user","change"]"#)
        case .customerUserRemovalHeld, .customerUserRemovalApproved, .grantHeld: (#"["iam"]"#, #"["user","info"]"#)
        case .customerUserErased: (#"["iam"]"#, #"["user","deletion"]"#)
        case .customerAdded, .groupAdded: (#"["iam"]"#, #"["group","creation"]"#)
        case .customerUpdated, .customerInvalidated, .groupUpdated, .groupInvalidated, .groupRenamed, .alwaysGroupAdded,
            .alwaysGroupRemoved:
            (#"["iam"]"#, #"["group","change"]"#)
        case .grantAdded(let grantee, _), .grantRemoved(let grantee, _), .grantWithheld(let grantee, _, _),
            .grantReleased(let grantee, _, _):
            (#"["iam"]"#, grantee.person == nil ? #"["group","change"]"# : #"["user","change"]"#)
        case .settingsChanged, .settingsDeployed, .backEndUpdated: (#"["configuration"]"#, #"["change"]"#)
        case .configurationLoaded, .configurationRejected: (#"["configuration"]"#, #"["info"]"#)
        case .backEndFailed, .backEndRecovered: (#"["iam"]"#, #"["info"]"#)
        case .cycleStarted: (#"["process"]"#, #"["start"]"#)
        case .cycleFinished: (#"["process"]"#, #"["end"]"#)
        case .logOpened: (#"["file"]"#, #"["creation"]"#)
        case .logSealed: (#"["file"]"#, #"["deletion"]"#)
        }
    }

    /// `event.outcome`, as JSON.
    var outcome: StaticString {
        switch self {
        case .backEndFailed, .configurationRejected: #""failure""#
        case .cycleFinished(let summary) where summary.outcome == .failed: #""failure""#
        case .cycleFinished(let summary) where summary.outcome == .stopped: #""unknown""#
        default: #""success""#
        }
    }
}
