import CLDAP
import Model

/// What has a later change number than the last reading, and what has been deleted since, on Active Directory (MS-ADTS
/// section 3.1.1.1.9): entries only say that they have changed, so each is read again.
struct ChangeNumberFeed: Feed {
    let context: String
    /// `highestCommittedUSN` before the last reading.
    let last: Int
    /// And before this one.
    let highest: Int
    let isInOrder = false

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        if highest < last { return .startOver(reason: "the server's change numbers have gone back from \(last) to \(highest)") }
        if highest == last { return .ended(.delta, cookie: ChangeMark.number(highest).bytes) }
        var request = SearchRequest(
            base: context, scope: .sub, filter: "(uSNChanged>=\(last + 1))", attributes: AttributeList(Tombstones.attributes),
            pageSize: SearchRequest.usualPageSize)
        request.controls = [.showDeleted]
        let coverage = try session.connection.search(request, root: session.root) { message throws(DirectoryProblem) in
            try Tombstones.take(message, session.connection, into: sink)
        }
        guard coverage == .complete else { return .ended(coverage, cookie: nil) }
        return .ended(.delta, cookie: ChangeMark.number(highest).bytes)
    }
}

/// People with a later time stamp than the last reading, and whoever else has one: they may have left the filter or the
/// base. Who was deleted it cannot tell, but for the one who was changed last.
struct TimeStampFeed: Feed {
    /// The search for people.
    let request: SearchRequest
    /// The naming context, to see who was moved out of the base.
    let context: String
    let mark: ChangeMark.Time
    /// What an entry says is not enough: each has to be read again.
    let readsAgain: Bool
    let identity: IdentityAttribute
    let isInOrder = false

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        guard let condition = mark.condition else { return .startOver(reason: "the mark of the last reading cannot be read") }
        var merged: Set<DirectoryID> = []
        if !readsAgain {
            var people = request
            people.filter = "(&\(request.filter)\(condition))"
            let coverage = try session.connection.search(people, root: session.root) { message throws(DirectoryProblem) in
                if let id = try look(at: message, session).id { merged.insert(id) }
                try sink.entry(message)
            }
            guard coverage == .complete else { return .ended(coverage, cookie: nil) }
        }
        let (coverage, isLastThere) = try touch(condition, but: merged, session, sink)
        guard coverage == .complete else { return .ended(coverage, cookie: nil) }
        if isLastThere || mark.entry == nil { return .ended(.delta, cookie: nil) }
        return .startOver(reason: "the person changed last was deleted, or the server was put back to an earlier state")
    }

    /// Everything in the naming context that has changed; below the base alone, where the account may not read that.
    ///
    /// - Returns: whether the person who was changed last is among them, with that change or a later one. Otherwise the
    ///   server may have gone back to before it, and what it has done anew since then would not be noticed.
    private func touch(
        _ condition: String, but merged: Set<DirectoryID>, _ session: Session, _ sink: PageSink
    ) throws(DirectoryProblem) -> (Coverage, isLastThere: Bool) {
        var changed = request
        changed.filter = condition
        changed.attributes = list
        var everywhere = changed
        everywhere.base = context
        everywhere.scope = .sub
        var isLastThere = false
        let take = { (message: EntryMessage) throws(DirectoryProblem) in
            let entry = try look(at: message, session)
            guard let id = entry.id else { return }
            if id == mark.entry, entry.isAsLate { isLastThere = true }
            if !merged.contains(id) { try sink.touched([id]) }
        }
        do {
            return (try session.connection.search(everywhere, root: session.root, take), isLastThere)
        } catch {
            guard error.kind == .refused, context != request.base else { throw error }
            return (try session.connection.search(changed, root: session.root, take), isLastThere)
        }
    }

    private var list: AttributeList { AttributeList([identity.name, mark.attribute]) }

    /// - Returns: the entry's immutable id, and whether its time stamp is that of the last reading or a later one.
    private func look(
        at message: EntryMessage, _ session: Session
    ) throws(DirectoryProblem) -> (id: DirectoryID?, isAsLate: Bool) {
        var page = EntryPage()
        try session.connection.check(page.append(message, asking: list), "decoding an entry")
        let stamp = page.firstValue(0, of: 1)
        return (
            page.firstValue(0, of: 0).flatMap(identity.id),
            stamp.map { !$0.lexicographicallyPrecedes(mark.latest.utf8) } ?? false
        )
    }
}
