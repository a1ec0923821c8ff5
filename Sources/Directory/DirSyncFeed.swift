import CLDAP
import Model

/// What has changed since a cookie, by Active Directory's DirSync control. It tells which entries, not whether they are
/// people: each has to be read again. Without a cookie it tells nothing and comes back with one.
struct DirSyncFeed: Feed {
    /// The naming context, since the control takes no other base.
    let context: String
    /// A change of any of these counts.
    let attributes: [String]
    /// The server's own. Nil for a first cookie.
    let cookie: [UInt8]?
    let isInOrder = false

    func read(over session: Session, into sink: PageSink) throws(DirectoryProblem) -> FeedEnd {
        // Without a right of its own an account may only ask for what it may read.
        let end = try read(session, sink, [.ancestorsFirst])
        guard case .forbidden = end else { return end.feedEnd }
        return try read(session, sink, [.ancestorsFirst, .objectSecurity]).feedEnd
    }

    private enum Outcome {
        case ended(FeedEnd)
        case forbidden(reason: String)

        var feedEnd: FeedEnd {
            switch self {
            case .ended(let end): end
            case .forbidden(let reason): .refused(reason: reason)
            }
        }
    }

    private func read(_ session: Session, _ sink: PageSink, _ flags: DirSync.Flags) throws(DirectoryProblem) -> Outcome {
        var next = cookie ?? []
        while true {
            let (end, sawReference) = try ask(session, sink, flags, next)
            switch end.code {
            case LDAP_SUCCESS: break
            case LDAP_INSUFFICIENT_ACCESS where next == cookie ?? []:
                return .forbidden(reason: session.connection.refusal(end, step: step).reason)
            case LDAP_UNWILLING_TO_PERFORM, LDAP_UNAVAILABLE_CRITICAL_EXTENSION, LDAP_PROTOCOL_ERROR,
                LDAP_OPERATIONS_ERROR:
                let reason = session.connection.refusal(end, step: step).reason
                return .ended(cookie == nil ? .refused(reason: reason) : .startOver(reason: reason))
            default:
                if let reason = end.shortfall { return .ended(.ended(.partial(reason: reason), cookie: nil)) }
                throw session.connection.refusal(end, step: step)
            }
            guard let answer = end.controls.value(of: DirSync.oid).flatMap(DirSync.Answer.init) else {
                return .ended(.refused(reason: "the server ended a DirSync without the control that belongs there"))
            }
            if sawReference { return .ended(.ended(.partial(reason: SearchEnd.referenceShortfall), cookie: nil)) }
            next = answer.cookie
            if !answer.hasMore {
                let mark = DirSync.Mark(number: session.root.highestCommittedUSN ?? 0, cookie: next)
                return .ended(.ended(.delta, cookie: mark.bytes))
            }
        }
    }

    private func ask(
        _ session: Session, _ sink: PageSink, _ flags: DirSync.Flags, _ cookie: [UInt8]
    ) throws(DirectoryProblem) -> (SearchEnd, sawReference: Bool) {
        var request = SearchRequest(
            base: context, scope: .sub, filter: "(objectClass=*)", attributes: AttributeList(attributes))
        request.controls = [DirSync.request(flags, cookie: cookie)]
        let number = try session.connection.send(request, root: session.root)
        var sawReference = false
        let end = try session.connection.receiveAnswer(number, step) { message throws(DirectoryProblem) in
            switch message {
            case .entry(let message): if self.cookie != nil { try Tombstones.take(message, session.connection, into: sink) }
            case .reference: sawReference = true
            case .information: break
            }
        }
        return (end, sawReference)
    }

    private var step: String { "DirSync of '\(context)'" }
}

/// Entries of Active Directory that only say which entry has changed, and whether it has been deleted.
enum Tombstones {
    static let attributes = ["objectGUID", "isDeleted"]
    private static let list = AttributeList(attributes)

    static func take(_ message: EntryMessage, _ connection: Connection, into sink: PageSink) throws(DirectoryProblem) {
        var page = EntryPage()
        try connection.check(page.append(message, asking: list), "decoding an entry")
        guard let id = page.firstValue(0, of: 0).flatMap(IdentityAttribute.objectGUID.id) else { return }
        let isDeleted = page.firstValue(0, of: 1).map { $0.elementsEqual("TRUE".utf8) } ?? false
        if isDeleted { try sink.departed([id], .reported) } else { try sink.touched([id]) }
    }
}
