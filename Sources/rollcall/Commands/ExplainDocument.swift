import Model
import Store

/// An explanation for people and machines.
struct ExplainDocument: Encodable {
    struct Path: Encodable {
        /// As the view `effective_permission` says it.
        var via: String
        /// In words.
        var text: String
        var rule: String?
        /// `FILE:LINE:COLUMN` of the rule.
        var place: String?
        /// Number of the change record; absent where none is known.
        var since: Int64?
        var time: String?
        var actor: String?
    }

    struct Item: Encodable {
        var group: String
        var permission: String
        var paths: [Path]
    }

    struct Missing: Encodable {
        var group: String
        var permission: String
        var reasons: [String]
    }

    var login: String
    var id: String
    var customerID: String
    var backEnd: String
    var isValid: Bool
    /// The last record that counts.
    var sequence: Int64
    var permissions: [Item] = []
    var missing: [Missing] = []
    /// Why there are none at all, where that has one reason.
    private var whyNone = ""

    private enum CodingKeys: CodingKey {
        case login, id, customerID, backEnd, isValid, sequence, permissions, missing
    }

    /// - Parameter group: nil for all.
    init(_ explanation: PersonExplanation, _ words: ExplainWords, group: String?, permission: Permission?) {
        login = explanation.person.login
        id = "\(explanation.person.directoryID)"
        customerID = explanation.person.customerID
        backEnd = explanation.backEnd.key
        isValid = explanation.picture.isValid
        sequence = explanation.sequence
        if !isValid {
            let context = explanation.context
            whyNone = words.reason(context.isGone ? .gone : context.lacksGroup ? .lacksGroup : .notValid)
        }
        let effective = explanation.permissions
        let types = permission.map { [$0] } ?? explanation.picture.types
        for name in group.map({ [$0] }) ?? effective.groups {
            for type in types {
                let paths = effective.paths(type, on: name)
                if !paths.isEmpty {
                    permissions.append(Item(group: name, permission: type.name, paths: paths.map(words.path)))
                } else if group != nil {
                    let reasons = explanation.picture.reasonsMissing(type, on: name, explanation.context)
                    missing.append(Missing(group: name, permission: type.name, reasons: reasons.map(words.reason)))
                }
            }
        }
    }

    /// For a terminal.
    var lines: [String] {
        var lines = [
            "\(login) of customer \(customerID), \(backEnd), \(isValid ? "valid" : "not valid"), as of record \(sequence)"
        ]
        for item in Self.together(permissions) {
            lines.append("\(item.permission) on \(item.group)")
            lines += item.paths.map { "    \($0.text)" }
        }
        for item in Self.together(missing) {
            lines.append("no \(item.permission) on \(item.group)")
            lines += item.reasons.map { "    \($0)" }
        }
        if permissions.isEmpty, missing.isEmpty {
            lines.append("No permissions on any group. \(whyNone)".trimmingTrailingSpaces())
        }
        return lines
    }

    private static func together(_ items: [Missing]) -> [Missing] {
        items.reduce(into: []) { all, item in
            if let last = all.last, last.group == item.group, last.reasons == item.reasons {
                all[all.count - 1].permission += ", \(item.permission)"
            } else {
                all.append(item)
            }
        }
    }

    /// Permissions on one group that come on the same ways, as one: rw gives all of them.
    private static func together(_ items: [Item]) -> [Item] {
        items.reduce(into: []) { all, item in
            if let last = all.last, last.group == item.group, last.paths.map(\.text) == item.paths.map(\.text) {
                all[all.count - 1].permission += ", \(item.permission)"
            } else {
                all.append(item)
            }
        }
    }
}
