import CLDAP
import Model

/// What has changed since a cookie, by content synchronisation (RFC 4533 section 3.3); everybody, without a cookie.
struct ContentSyncFeed: Feed {
    /// The search whose content is kept in step.
    let request: SearchRequest
    /// Nil for everybody.
    let cookie: [UInt8]?
    /// How this server's messages are to be taken.
    let dialect: Dialect

    /// Where servers differ from the letter.
    enum Dialect {
        /// OpenLDAP's syncprov: entries come whole; at the end of a refresh without deletes those who are absent are gone.
        case openLDAP
        /// As `openLDAP`, and what an entry says is not enough: each has to be read again.
        case openLDAPTouched
        /// 389 Directory Server: a refresh always ends as if those who are absent were gone, which they are not. Entries
        /// that have left the filter are not told, so the whole tree is followed and each entry is read again.
        case directoryServer389
    }

    var isInOrder: Bool { cookie == nil }

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        var search = request
        search.pageSize = nil
        search.controls.append(ContentSync.request(.refreshOnly, cookie: cookie))
        var tally = Tally()
        let number = try session.connection.send(search, root: session.root)
        do {
            let end = try session.connection.receiveAnswer(number, request.step) { message throws(DirectoryProblem) in
                switch message {
                case .entry(let message): try take(message, into: sink, &tally)
                case .information(ContentSync.informationOID, let value): try take(value, session, sink, &tally)
                case .information: break
                case .reference: tally.sawReference = true
                }
            }
            return try conclusion(end, session, tally)
        } catch {
            throw blamingCookie(error, tally)
        }
    }

    /// 389 Directory Server does not answer to some cookies that it cannot use, however often it is asked.
    private func blamingCookie(_ problem: DirectoryProblem, _ tally: Tally) -> DirectoryProblem {
        guard problem.kind == .timedOut, cookie != nil, dialect == .directoryServer389, tally.isEmpty else { return problem }
        var problem = problem
        problem.spoilsCookie = true
        problem.remedy += " The server may not know what to do with the cookie, so the next reading is one of everybody."
        return problem
    }

    /// What one refresh has brought.
    private struct Tally {
        var entries = 0
        var presentIDs = 0
        var deletes = 0
        var cookie: [UInt8]?
        var sawReference = false

        var isEmpty: Bool { entries + presentIDs + deletes == 0 }
    }

    // MARK: Messages

    private func take(_ message: EntryMessage, into sink: PageSink, _ tally: inout Tally) throws(DirectoryProblem) {
        tally.entries += 1
        if cookie == nil {
            if dialect != .directoryServer389 { try sink.entry(message) }
            return
        }
        guard let state = message.controls.value(of: ContentSync.stateOID).flatMap(ContentSync.State.init) else {
            return try sink.entry(message)
        }
        tally.cookie = state.cookie ?? tally.cookie
        switch state.kind {
        case .add, .modify: if dialect == .openLDAP { try sink.entry(message) } else { try sink.touched([state.id]) }
        case .present:
            tally.presentIDs += 1
            try sink.present([state.id])
        case .delete:
            tally.deletes += 1
            try sink.departed([state.id], .reported)
        }
    }

    private func take(
        _ value: [UInt8], _ session: Session, _ sink: PageSink, _ tally: inout Tally
    ) throws(DirectoryProblem) {
        guard let information = ContentSync.Information(value) else {
            throw session.connection.cutShort("a sync message cannot be decoded", step: request.step)
        }
        switch information {
        case .newCookie(let cookie): tally.cookie = cookie
        case .refreshDelete(let cookie, _), .refreshPresent(let cookie, _): tally.cookie = cookie ?? tally.cookie
        case .ids(let ids, let cookie, areDeleted: true):
            tally.cookie = cookie ?? tally.cookie
            tally.deletes += ids.count
            try sink.departed(ids, .reported)
        case .ids(let ids, let cookie, areDeleted: false):
            tally.cookie = cookie ?? tally.cookie
            tally.presentIDs += ids.count
            try sink.present(ids)
        }
    }

    // MARK: The end

    private func conclusion(_ end: SearchEnd, _ session: Session, _ tally: Tally) throws(DirectoryProblem) -> FeedEnd {
        switch end.code {
        case LDAP_SUCCESS: break
        case ContentSync.refreshRequired, LDAP_UNWILLING_TO_PERFORM:
            let reason = session.connection.refusal(end, step: request.step).reason
            return cookie == nil ? .refused(reason: reason) : .startOver(reason: reason)
        case LDAP_UNAVAILABLE_CRITICAL_EXTENSION:
            return .refused(reason: session.connection.refusal(end, step: request.step).reason)
        case LDAP_TIMELIMIT_EXCEEDED, LDAP_SIZELIMIT_EXCEEDED, LDAP_ADMINLIMIT_EXCEEDED:
            // Pages may get further than one answer. From a cookie there is no other way on than from the beginning.
            let reason = session.connection.refusal(end, step: request.step).reason
            return cookie == nil ? .refused(reason: reason) : .startOver(reason: reason)
        default:
            if let reason = end.shortfall { return .ended(.partial(reason: reason), cookie: nil) }
            throw session.connection.refusal(end, step: request.step)
        }
        guard let done = end.controls.value(of: ContentSync.doneOID).flatMap(ContentSync.Done.init) else {
            return .refused(reason: "the server ended a content sync without the control that belongs there")
        }
        if tally.sawReference { return .ended(.partial(reason: SearchEnd.referenceShortfall), cookie: nil) }
        return conclusion(done, tally)
    }

    private func conclusion(_ done: ContentSync.Done, _ tally: Tally) -> FeedEnd {
        let next = done.cookie ?? tally.cookie
        guard cookie != nil else {
            // Without a cookie to go on from, a content sync is no better than a search.
            return next.map { .ended(.complete, cookie: $0) } ?? .refused(reason: "the server gave no cookie")
        }
        if dialect == .directoryServer389 { return .ended(.delta, cookie: next) }
        // A cookie that the server cannot read is answered with everything and no cookie, and nobody is named as gone.
        if next == nil, !tally.isEmpty { return .startOver(reason: "the server did not take the cookie") }
        let namesThePresent = !done.refreshDeletes && (tally.presentIDs > 0 || next != nil && tally.deletes == 0)
        return .ended(namesThePresent ? .complete : .delta, cookie: next)
    }
}
