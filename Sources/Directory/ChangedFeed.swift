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
/// base. Who was deleted it cannot tell.
struct TimeStampFeed: Feed {
    /// The search for people.
    let request: SearchRequest
    /// The naming context, to see who was moved out of the base.
    let context: String
    let mark: ChangeMark
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
                if let id = try id(of: message, session) { merged.insert(id) }
                try sink.entry(message)
            }
            guard coverage == .complete else { return .ended(coverage, cookie: nil) }
        }
        let coverage = try touch(condition, but: merged, session, sink)
        return .ended(coverage == .complete ? .delta : coverage, cookie: nil)
    }

    /// Everything in the naming context that has changed; below the base alone, where the account may not read that.
    private func touch(
        _ condition: String, but merged: Set<DirectoryID>, _ session: Session, _ sink: PageSink
    ) throws(DirectoryProblem) -> Coverage {
        var changed = request
        changed.filter = condition
        changed.attributes = AttributeList([identity.name])
        var everywhere = changed
        everywhere.base = context
        everywhere.scope = .sub
        let take = { (message: EntryMessage) throws(DirectoryProblem) in
            if let id = try id(of: message, session), !merged.contains(id) { try sink.touched([id]) }
        }
        do {
            return try session.connection.search(everywhere, root: session.root, take)
        } catch {
            guard error.kind == .refused, context != request.base else { throw error }
            return try session.connection.search(changed, root: session.root, take)
        }
    }

    private func id(of message: EntryMessage, _ session: Session) throws(DirectoryProblem) -> DirectoryID? {
        var page = EntryPage()
        try session.connection.check(page.append(message, asking: AttributeList([identity.name])), "decoding an entry")
        return page.firstValue(0, of: 0).flatMap(identity.id)
    }
}

/// Up to where a reading by change numbers or time stamps has come.
enum ChangeMark: Equatable {
    case number(Int)
    /// The latest value of `attribute` that was seen.
    case time(attribute: String, latest: String)

    var bytes: [UInt8] {
        switch self {
        case .number(let number): Array("uSNChanged=\(number)".utf8)
        case .time(let attribute, let latest): Array("\(attribute)=\(latest)".utf8)
        }
    }

    init?(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        if parts[0] == "uSNChanged" {
            guard let number = Int(parts[1]) else { return nil }
            self = .number(number)
        } else {
            self = .time(attribute: parts[0], latest: parts[1])
        }
    }

    /// The filter item for whoever may have been changed since: a minute is read twice, because stamps are given before
    /// they are committed.
    var condition: String? {
        switch self {
        case .number(let number): return "(uSNChanged>=\(number + 1))"
        case .time(let attribute, let latest):
            guard let from = GeneralizedTime.earlier(latest, bySeconds: Self.overlapSeconds) else { return nil }
            let value = attribute == "entryCSN" ? "\(from).000000Z#000000#000#000000" : "\(from)Z"
            return "(\(attribute)>=\(value))"
        }
    }

    private static let overlapSeconds = 60
}
