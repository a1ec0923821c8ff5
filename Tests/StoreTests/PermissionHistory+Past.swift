import Model
import Testing

@testable import Store

/// What the product says of the past, against what was noted at the time.
extension PermissionHistory {
    func checkPast() throws {
        let present = now
        for state in states.shuffled(using: &random).prefix(4) {
            for person in present.people.values where present.holder(of: person.login)?.id == person.id {
                try checkPast(person.login, person.id, state)
            }
        }
        try checkFormerLogin()
    }

    private func checkPast(_ login: String, _ id: Int64, _ state: NaivePermissions) throws {
        let explanation = try mirror.store.explain(login, at: .record(state.sequence))
        var then = state.people[id]
        if let holder = state.holder(of: login), holder.id != id {
            // Whoever had the login then is meant. Of several who had left, one.
            guard !holder.isGone, holder.login == login else { return }
            then = holder
        }
        let moment = "\(place): \(login) at record \(state.sequence)"
        #expect((explanation == nil) == (then == nil), "\(moment)")
        guard let explanation, let then else { return }
        if let time = explanation.moments[state.sequence]?.time {
            #expect(try mirror.store.explain(login, at: .time(time))?.sequence == state.sequence, "\(moment)")
            #expect((try mirror.store.explain(login, at: .time(time - 1))?.sequence ?? 0) < state.sequence, "\(moment)")
        }
        #expect(explanation.person.login == then.login, "\(moment)")
        #expect(explanation.person.customerID == then.customerID, "\(moment)")
        #expect(explanation.backEnd.number == then.slot, "\(moment)")
        #expect(PermissionHistory.ways(explanation.permissions) == state.ways(of: then), "\(moment)")
        for since in state.ways(of: then).compactMap({ $0.split(separator: "|").last }).compactMap({ Int64($0) }) {
            #expect(explanation.moments[since]?.sequence == since, "\(moment)")
        }
    }

    /// Somebody whom nobody is called any more.
    private func checkFormerLogin() throws {
        let present = now
        let former = Set(states.flatMap { $0.people.values.map(\.login) })
            .filter { present.holder(of: $0) == nil }.sorted().randomElement(using: &random)
        guard let former, let last = states.last(where: { $0.people.values.contains { $0.login == former } }),
            let id = last.people.values.first(where: { $0.login == former })?.id, present.people[id] != nil
        else { return }
        try checkPast(former, id, last)
    }
}
