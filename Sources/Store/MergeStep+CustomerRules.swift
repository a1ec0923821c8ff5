import GRDB
import Model

/// Which rules for customers a person matches, so that after all back ends it is known which customers do.
extension MergeStep {
    func noteCustomerRules(_ facts: RuleFacts, _ person: Int64, isNew: Bool) throws {
        guard merge.backEnd.rules.lookAtPeopleForCustomers else { return }
        let matching = merge.backEnd.rules.customerRules(matching: facts)
        if isNew, matching.isEmpty { return }
        try people.insertNewcomers()
        let known = try String.fetchAll(
            db.cachedStatement(sql: "SELECT rule FROM customer_rule_match WHERE person = ?"), arguments: [person])
        for rule in known where !matching.contains(rule) {
            try db.cachedStatement(sql: "DELETE FROM customer_rule_match WHERE person = ? AND rule = ?")
                .execute(arguments: [person, rule])
        }
        for rule in matching where !known.contains(rule) {
            try db.cachedStatement(sql: "INSERT INTO customer_rule_match (person, rule) VALUES (?, ?)")
                .execute(arguments: [person, rule])
        }
    }
}
