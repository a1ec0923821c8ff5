import GRDB
import Model

/// What a person may do to groups.
package enum GroupCommand: Sendable, Hashable {
    case add(name: String, comment: String)
    case rename(String, to: String)
    case comment(String, String)
    case invalidate(String)
    case validate(String)
}

extension Store {
    /// - Returns: the numbers of the records; nil when it was so already.
    /// - Throws: `CommandRefusal` when a group is not there, or is there already, or is the configuration's.
    package func carryOut(_ command: GroupCommand, _ order: CommandOrder) throws -> ClosedRange<Int64>? {
        try self.command(order) { step in try step.carryOut(command) }.records
    }
}

extension CommandStep {
    fileprivate func carryOut(_ command: GroupCommand) throws {
        switch command {
        case .add(let name, let comment): try add(name, comment)
        case .rename(let name, let new): try rename(known(name), to: new)
        case .comment(let name, let comment): try setComment(known(name), comment)
        case .invalidate(let name): try invalidate(known(name))
        case .validate(let name): try validate(known(name))
        }
    }

    private func known(_ name: String) throws -> GroupRow {
        if let group = try group(named: name) { return group }
        throw CommandRefusal(
            "there is no group '\(name)'. 'rollcall groups' lists those that there are; 'rollcall groups add' makes one.")
    }

    private func checkName(_ name: String) throws {
        if let reason = GroupName.objection(to: name) { throw CommandRefusal(reason) }
        guard let other = try group(named: name) else { return }
        let remedy = other.isValid ? "Choose another name." : "It is invalid: 'rollcall groups validate' brings it back."
        throw CommandRefusal("there is a group '\(name)' already. \(remedy)")
    }

    private func add(_ name: String, _ comment: String) throws {
        try checkName(name)
        try db.execute(
            sql: "INSERT INTO user_group (name, comments, origin, valid_id) VALUES (?, ?, 'manual', 1)",
            arguments: [name, comment])
        try record(.groupAdded(name: name))
        if !comment.isEmpty {
            try record(.groupUpdated(name: name, [FieldChange("comments", from: nil, to: comment)]))
        }
    }

    private func rename(_ group: GroupRow, to new: String) throws {
        if group.name == new { return }
        try refuseConfigured(group, "renamed", "Change its name in Rollcall::Groups and in the rules: that makes a new group.")
        try refuseNamed(group)
        try checkName(new)
        try db.execute(sql: "UPDATE user_group SET name = ? WHERE id = ?", arguments: [new, group.id])
        try record(.groupRenamed(name: new, from: group.name))
    }

    private func setComment(_ group: GroupRow, _ comment: String) throws {
        guard group.comment != comment else { return }
        try db.execute(sql: "UPDATE user_group SET comments = ? WHERE id = ?", arguments: [comment, group.id])
        let change = FieldChange(
            "comments", from: group.comment.isEmpty ? nil : group.comment, to: comment.isEmpty ? nil : comment)
        try record(.groupUpdated(name: group.name, [change]))
    }

    private func invalidate(_ group: GroupRow) throws {
        guard group.isValid else { return }
        try refuseConfigured(group, "invalidated", "Take it out of Rollcall::Groups: the next cycle invalidates it.")
        try db.execute(sql: "UPDATE user_group SET valid_id = 2 WHERE id = ?", arguments: [group.id])
        try record(.groupInvalidated(name: group.name))
    }

    private func validate(_ group: GroupRow) throws {
        guard !group.isValid else { return }
        // Out of the configuration's hands from now on: the next cycle would invalidate it again.
        try db.execute(sql: "UPDATE user_group SET valid_id = 1, origin = 'manual' WHERE id = ?", arguments: [group.id])
        try record(.groupUpdated(name: group.name, [FieldChange("valid_id", from: "2", to: "1")]))
    }

    private func refuseConfigured(_ group: GroupRow, _ what: String, _ remedy: String) throws {
        guard group.isConfigured, group.isValid else { return }
        throw CommandRefusal("the group '\(group.name)' is in the configuration and cannot be \(what) by command. \(remedy)")
    }

    /// Rules and always-groups name groups: under a new name they would not find it, and what they gave would go.
    private func refuseNamed(_ group: GroupRow) throws {
        let rule = try String.fetchOne(
            db,
            sql: """
                SELECT rule FROM person_grant WHERE group_id = ?1 AND rule <> '' AND source = 'rule'
                UNION ALL SELECT rule FROM customer_grant WHERE group_id = ?1 AND rule <> '' AND source = 'rule'
                UNION ALL SELECT 'the always-groups' FROM always_group WHERE group_id = ?1
                LIMIT 1
                """, arguments: [group.id])
        guard let rule else { return }
        throw CommandRefusal(
            "the group '\(group.name)' cannot be renamed, because \(rule) names it and would lose it. "
                + "Take it out there first, or make a new group with 'rollcall groups add'.")
    }
}
