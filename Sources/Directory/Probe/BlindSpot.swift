import Model

/// Something that the bind account does not see, or that keeps a reading from being complete.
package enum BlindSpot: Sendable, Hashable {
    /// The root DSE shows neither controls nor naming contexts.
    case rootDSE
    /// `BaseDN` is in none of the naming contexts.
    case base(dn: String, contexts: [String])
    /// An LDAP group of a rule, with the problem that a cycle would report.
    case group(Problem)
    /// An LDAP group of a rule shows no member.
    case members(groupDN: String)
    /// `GroupDN` lists nobody, or not everybody.
    case listed(reason: String)
    /// Who is valid cannot be known.
    case valid(DirectoryProblem)
    /// The people were not read to the end.
    case rest(reason: String)
    /// Entries without an immutable id.
    case immutableID(hidden: Int, matching: Int)
    /// Nobody can be mirrored.
    case everybody(matching: Int)
    /// No entry that was read shows an attribute that `Map` or a rule takes.
    case attribute(AttributeUse, matching: Int)
    /// No entry is found by an attribute that a filter compares.
    case compared(AttributeUse)
    /// Whether an attribute can be searched is not known.
    case undetermined(AttributeUse, reason: String)
    /// The bind account's own entry.
    case ownEntry(dn: String, reason: String)
    /// Who is deleted, where only what has changed is read.
    case deletions

    /// A cycle could not read this server completely, or would mirror nobody of it.
    package var isGrave: Bool {
        switch self {
        case .listed, .valid, .rest, .immutableID, .everybody: true
        case .rootDSE, .base, .group, .members, .attribute, .compared, .undetermined, .ownEntry, .deletions: false
        }
    }

    /// A word for `--json`.
    package var kind: String {
        switch self {
        case .rootDSE: "root-dse"
        case .base: "base-outside-naming-contexts"
        case .group: "unreadable-group"
        case .members: "group-without-members"
        case .listed: "group-dn"
        case .valid: "valid-filter"
        case .rest: "cut-short"
        case .immutableID: "no-immutable-id"
        case .everybody: "nobody"
        case .attribute: "attribute-not-shown"
        case .compared: "attribute-not-found"
        case .undetermined: "attribute-undetermined"
        case .ownEntry: "own-entry"
        case .deletions: "deletions"
        }
    }
}

extension BlindSpot {
    /// What is not seen, what follows from it, and what to do. Shows no value of a person.
    package var message: String {
        switch self {
        case .rootDSE:
            "root DSE: it shows neither controls nor naming contexts, so everything is read in one answer. "
                + "Let the bind account read it."
        case .base(let dn, let contexts):
            "BaseDN \(dn): it is in none of the server's naming contexts (\(contexts.joined(separator: "; "))). "
                + "Correct BaseDN, or name the server that has it."
        case .group(let problem): problem.message
        case .members(let dn):
            "\(dn): the LDAP group shows none of \(GroupRules.memberAttributes.joined(separator: ", ")), so its rule gives "
                + "nothing. Unless it is empty, let the bind account read the one that it has."
        case .listed(let reason):
            "GroupDN: not all of it can be seen, so nobody could be called missing: \(reason). Correct GroupDN, or let the "
                + "bind account read all of it."
        case .valid(let problem): "\(problem.step) fails: \(problem.reason). \(problem.remedy)".trimmingSpaces()
        case .rest(let reason): "people: the reading is cut short, so nobody could be called missing: \(reason)."
        case .immutableID(let hidden, let matching):
            "immutable ids: \(hidden) of \(matching) entries show none of \(DirectoryID.attributes.joined(separator: ", ")). "
                + "They are not mirrored, and nobody could be called missing. Let the bind account read the one that the "
                + "server has."
        case .everybody(let matching): Self.everybody(matching)
        case .attribute(let use, let matching):
            "attribute '\(use.name)' (\(Self.settings(use))): none of the \(matching) entries shows it. Correct the name, let "
                + "the bind account read it, or leave it when nobody has it."
        case .compared(let use):
            "attribute '\(use.name)' (\(Self.settings(use))): a search finds no entry that has it. Correct the name, let the "
                + "bind account search for it, or leave it when nobody has it."
        case .undetermined(let use, let reason):
            "attribute '\(use.name)' (\(Self.settings(use))): whether it can be searched is not known: \(reason)."
        case .ownEntry(let dn, let reason): "UserDN \(dn): its own entry cannot be read: \(reason). Rollcall can do without."
        case .deletions: Problem.deletionsHidden.message
        }
    }

    private static func everybody(_ matching: Int) -> String {
        matching == 0
            ? "people: no entry matches. Correct BaseDN, SSCOPE or AlwaysFilter, or let the bind account read the people."
            : "people: none of the \(matching) entries that match can be mirrored, for the reasons above."
    }

    private static func settings(_ use: AttributeUse) -> String { use.settings.joined(separator: ", ") }
}
