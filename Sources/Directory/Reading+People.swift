import CLDAP
import Foundation
import Logging
import Model

extension Reading {
    /// Gives all people, or all that has changed, to `body`, a few pages at a time, while the next ones are being read.
    ///
    /// - Parameter encodeAddition: given when nearly everybody is going to be new to the mirror.
    /// - Returns: what absence means after this.
    /// - Throws: a `DirectoryProblem`, or what `body` throws, after the reading has ended.
    package func people(encodeAddition: AdditionEncoder?, _ body: ([MappedPage]) throws -> Void) throws -> Coverage {
        while true {
            try prepare()
            let end = try run(plan.feed(for: self), encodeAddition, body)
            // What thousands of people took is not needed any more, but what follows needs memory of its own.
            if encodeAddition != nil { rollcall_trim_memory() }
            switch end {
            case .ended(let coverage, let cookie):
                stream.cookie = cookie
                try readUnfinished(body)
                guard stream.touched.count <= Self.touchedLimit else {
                    readEverybody("more than \(Self.touchedLimit) entries have changed")
                    continue
                }
                try reread(stream.touched) { page in
                    stream.lastChange.note(page.lastChange)
                    try body([page])
                }
                return conclusion(coverage)
            case .startOver(let reason): readEverybody(reason)
            case .refused(let reason): try giveUpStrategy(reason)
            case .again: continue
            }
        }
    }

    /// As many changed entries are read one by one; above that, reading everybody is quicker.
    static let touchedLimit = 100_000

    private func readEverybody(_ reason: String) {
        plan.cookie = nil
        plan.reason = reason
    }

    private func giveUpStrategy(_ reason: String) throws(DirectoryProblem) {
        log.notice("strategy cannot be used here", metadata: ["strategy": "\(plan.strategy.rawValue)", "reason": "\(reason)"])
        strategies.removeFirst()
        if strategies.isEmpty { throw connection.cutShort(reason, step: "reading people") }
        decide()
    }

    /// Everybody's validity is asked for at once, that of a few people when they come.
    private func prepare() throws(DirectoryProblem) {
        stream = Stream(identity: stream.identity, begin: begin)
        entryCount = 0
        guard plan.cookie == nil else { return }
        log.info("everybody is read", metadata: ["reason": "\(plan.reason)", "strategy": "\(plan.strategy.rawValue)"])
        try prepareGroups()
        let valid = try ValidPeopleReader(backEnd: backEnd, connection: connection, root: session.root, log: log).validPeople()
        if let problem = valid?.problem { throw problem }
        surroundings.valid = valid?.ids
    }

    private func run(
        _ feed: any Feed, _ encodeAddition: AdditionEncoder?, _ body: ([MappedPage]) throws -> Void
    ) throws -> FeedEnd {
        log.search(people, to: connection.server, as: backEnd.connection)
        let empty = { [mapping, surroundings] in
            MappedPage(mapping: mapping, surroundings: surroundings, encodeAddition: encodeAddition)
        }
        let ring = PageRing((0..<Self.ringCount).map { _ in empty() })
        let reader = PeopleReader(feed, over: session, into: ring)
        Thread.detachNewThread { reader.run() }
        do {
            while true {
                var pages = ring.takeFilled(atMost: Self.mergedTogether)
                if pages.isEmpty { break }
                try take(pages, body)
                while let page = pages.popLast() { ring.putEmpty(page) }
            }
        } catch {
            connection.interrupt()
            ring.cancel()
            throw error
        }
        return try ring.end?.get() ?? .ended(.partial(reason: "the reading did not end"), cookie: nil)
    }

    /// Three pages are merged together, while the others are filled: few transactions, and nobody waits for long.
    private static let ringCount = 5
    private static let mergedTogether = 3

    private func take(_ pages: [MappedPage], _ body: ([MappedPage]) throws -> Void) throws {
        for page in pages {
            entryCount += page.entryCount + page.present.count
            stream.note(page)
            // An entry that does not say who it is could be anybody who seems to be missing.
            if !page.problems.isEmpty { shortfall = "some entries show no immutable id, so nobody can be called missing" }
        }
        try body(pages)
    }

    /// What the reading came to, with what was missing before it, and with what makes a whole answer doubtful.
    private func conclusion(_ coverage: Coverage) -> Coverage {
        if plan.strategy == .changed, stream.cookie == nil { stream.cookie = plan.mark(after: self)?.bytes }
        if coverage.shortfall == nil, let shortfall { return .partial(reason: shortfall) }
        if coverage == .complete, plan.cookie == nil, memory.people >= Self.fewPeople, entryCount * 2 < memory.people {
            doubt =
                doubt ?? "the directory shows \(entryCount) entries, where the mirror has \(memory.people) people: "
                + "the bind account may have lost the right to read the others"
        }
        return coverage
    }

    /// With fewer people than this, half of them may well leave in a day; the removal guard looks at them all the same.
    private static let fewPeople = 20

    /// The search for everybody.
    var people: SearchRequest {
        SearchRequest(among: backEnd, matching: backEnd.peopleFilter, asking: mapping.attributes)
    }

    // MARK: Single people

    /// Reads those of `ids` again that still match, by immutable id, a few hundred at a time. Those who do not are
    /// departures.
    package func reread(_ ids: [DirectoryID], _ body: (MappedPage) throws -> Void) throws {
        for start in stride(from: 0, to: ids.count, by: Self.rereadCount) {
            for page in try pages(of: ids[start..<min(start + Self.rereadCount, ids.count)]) { try body(page) }
        }
    }

    private static let rereadCount = 200

    private func pages(of ids: ArraySlice<DirectoryID>) throws(DirectoryProblem) -> [MappedPage] {
        let alternatives = "(|\(ids.map { stream.identity.filter(for: $0) }.joined()))"
        var page = MappedPage(mapping: mapping, surroundings: try surroundings(of: alternatives))
        let request = people.narrowed(by: alternatives)
        let coverage = try connection.search(request, root: session.root) { message throws(DirectoryProblem) in
            try connection.check(page.append(message), "decoding an entry")
        }
        if let reason = coverage.shortfall { throw connection.cutShort(reason, step: "reading people again") }
        var wholes: [MappedPage] = []
        for dn in page.unfinished { wholes.append(try whole(dn)) }
        let found = Set((wholes + [page]).flatMap(\.headers).map(\.id))
        page.noteDepartures(ids.filter { !found.contains($0) }, .noLongerMatches)
        return wholes + [page]
    }

    /// What is known besides the entries, for a few people: whether they are valid is asked for anew.
    private func surroundings(of alternatives: String) throws(DirectoryProblem) -> Surroundings {
        guard let filter = backEnd.validPeopleFilter else { return surroundings }
        var surroundings = surroundings
        let request = SearchRequest(among: backEnd, matching: filter, asking: IdentityAttribute.list).narrowed(by: alternatives)
        let (ids, coverage) = try connection.readIDs(request, root: session.root)
        if let reason = coverage.shortfall { throw connection.cutShort(reason, step: "reading who is valid") }
        surroundings.valid = IDSet(ids)
        return surroundings
    }

    /// Entries that came in part, each read by itself.
    private func readUnfinished(_ body: ([MappedPage]) throws -> Void) throws {
        while let dn = stream.unfinished.popLast() {
            entryCount += 1
            try body([try whole(dn)])
        }
    }

    private func whole(_ dn: String) throws(DirectoryProblem) -> MappedPage {
        let answer = try connection.readWhole(dn, asking: mapping.attributes, root: session.root)
        if let reason = answer.coverage.shortfall { throw connection.cutShort(reason, step: "reading '\(dn)' by itself") }
        let identity =
            answer.page.count > 0 ? IdentityAttribute.identity(of: 0, in: answer.page, preferring: stream.identity) : nil
        let alternatives = identity.map { "(|\(stream.identity.filter(for: $0.id)))" }
        var page = MappedPage(mapping: mapping, surroundings: try alternatives.map(surroundings(of:)) ?? surroundings)
        page.append(whole: answer.page)
        return page
    }
}

extension SearchRequest {
    /// The same, among those whom `alternatives` match too, in one answer.
    fileprivate func narrowed(by alternatives: String) -> SearchRequest {
        var request = self
        request.filter = "(&\(filter)\(alternatives))"
        request.pageSize = nil
        return request
    }
}
