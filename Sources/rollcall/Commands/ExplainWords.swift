import Model
import Store

/// Paths and missing permissions in words.
struct ExplainWords {
    private let explanation: PersonExplanation
    private let place: (String) -> String?
    private let isConfigurationKnown: Bool

    /// - Parameters:
    ///   - isConfigurationKnown: the files could be read, so a rule without a place is not in them.
    ///   - place: where a rule of the person's back end was written.
    init(_ explanation: PersonExplanation, isConfigurationKnown: Bool, place: @escaping (String) -> String?) {
        self.explanation = explanation
        self.isConfigurationKnown = isConfigurationKnown
        self.place = place
    }

    func path(_ path: PermissionPath) -> ExplainDocument.Path {
        switch path {
        case .grant(let grant, let since):
            return document(path, grantWords(grant), rule: grant.rule, since)
        case .customer(let id, let grant, let since):
            return document(path, "customer \(id) has \(grantWords(grant))", rule: grant.rule, since)
        case .always(let since): return document(path, "an always-group of customer users", since)
        case .customerAlways(let id, let since):
            return document(path, "an always-group of customers, by customer \(id)", since)
        case .unrestricted:
            return document(path, "\(explanation.backEnd.key) requires no groups, so every valid group is open", nil)
        }
    }

    private func grantWords(_ grant: Grant) -> String {
        let part = grant.permission == .readWrite ? "rw" : grant.permission.name
        switch grant.source {
        case .manual: return "\(part), given by hand"
        case .initial: return "\(part), given when they first appeared"
        case .rule: return "\(part), by rule \(grant.rule)"
        }
    }

    private func document(_ path: PermissionPath, _ words: String, rule: String = "", _ since: Int64?) -> ExplainDocument.Path {
        let moment = since.flatMap { explanation.moments[$0] }
        let found = rule.isEmpty ? nil : place(rule)
        var text = words
        if let found {
            text += " [\(found)]"
        } else if !rule.isEmpty, isConfigurationKnown {
            text += " [not in the configuration any more]"
        }
        if let moment {
            let actor = moment.actor.map { " by \($0)" } ?? moment.cycle.map { " in cycle \($0)" } ?? ""
            text += ", since record \(moment.sequence) of \(TimeText.of(moment.time))\(actor)"
        } else if let since, since > 0 {
            text += ", since record \(since)"
        }
        return .init(
            via: path.via, text: text, rule: rule.isEmpty ? nil : rule, place: found,
            since: since.flatMap { $0 > 0 ? $0 : nil },
            time: moment.map { TimeText.of($0.time) }, actor: moment?.actor)
    }

    // MARK: What is missing

    func reason(_ reason: MissingReason) -> String {
        switch reason {
        case .gone: "They have left the directory."
        case .notValid: "They are not valid: look at CustomerUserValidFilter and DisabledAccounts."
        case .lacksGroup:
            "Their back end demands a group (OnMissingGroup), and they have none: any grant makes them valid again."
        case .unknownType(let known):
            "There is no such permission: System::Customer::Permission has \(known.map(\.name).joined(separator: ", "))."
        case .unknownGroup: "There is no such group: 'rollcall groups' lists them."
        case .invalidGroup: "The group is invalid: 'rollcall groups validate' brings it back."
        case .withheld(let permission, let since):
            "\(permission) is kept away since record \(since): 'rollcall release' ends that."
        case .holdsOther(let others): "They have \(others.map(\.name).joined(separator: ", ")) there."
        case .invalidCustomer(let id): "Customer \(id) holds it, but is not valid."
        case .otherContext(let id): "Customer \(id) holds it for the tickets of other customers only (context Other)."
        case .ruleWithoutMatch(let rule): "\(rule)\(bracketed(rule)) would give it, and did not match when they were last read."
        case .unreadableGroup(let rule, let message):
            "\(rule)\(bracketed(rule)) could not be decided at the last cycle: \(message)"
        case .nothingGivesIt:
            "No rule, grant, customer or always-group gives it: 'rollcall grant --user \(explanation.person.login) …' would."
        }
    }

    private func bracketed(_ rule: String) -> String { place(rule).map { " [\($0)]" } ?? "" }
}
