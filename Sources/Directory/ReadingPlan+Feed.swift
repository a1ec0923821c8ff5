import Model

extension ReadingPlan {
    /// The feed that does what is planned.
    func feed(for reading: Reading) -> any Feed {
        switch strategy {
        case .full: FullFeed(request: reading.people)
        case .sync: contentSync(reading)
        case .dirsync: dirSync(reading)
        case .changed: changed(reading)
        }
    }

    private func contentSync(_ reading: Reading) -> any Feed {
        guard reading.session.root.product == .directoryServer389 else {
            let dialect: ContentSyncFeed.Dialect = reading.backEnd.validPeopleFilter == nil ? .openLDAP : .openLDAPTouched
            let feed = ContentSyncFeed(request: reading.people, cookie: cookie, dialect: dialect)
            return cookie == nil ? WholeContentFeed(sync: feed) : feed
        }
        let changes = ContentSyncFeed(
            request: reading.session.contentSyncRequest(reading.backEnd), cookie: cookie, dialect: .directoryServer389)
        return cookie == nil ? PrimedFeed(primer: changes, everybody: FullFeed(request: reading.people)) : changes
    }

    private func dirSync(_ reading: Reading) -> any Feed {
        // Renames show in the name and the parent only.
        let attributes =
            Tombstones.attributes + ["name", "parentGUID"] + reading.backEnd.attributes
            + reading.backEnd.comparedAttributes.map(\.name)
        var seen: Set<String> = []
        let changes = DirSyncFeed(
            context: reading.context, attributes: attributes.filter { seen.insert($0.lowercased()).inserted },
            cookie: cookie.flatMap(DirSync.Mark.init)?.cookie)
        return cookie == nil ? PrimedFeed(primer: changes, everybody: FullFeed(request: reading.people)) : changes
    }

    private func changed(_ reading: Reading) -> any Feed {
        switch cookie.flatMap(ChangeMark.init) {
        case nil: FullFeed(request: reading.people)
        case .number(let last):
            ChangeNumberFeed(
                context: reading.context, last: last, highest: reading.session.root.highestCommittedUSN ?? -1)
        case .time(let mark):
            TimeStampFeed(
                request: reading.people, context: reading.context, mark: mark,
                readsAgain: reading.backEnd.validPeopleFilter != nil, identity: reading.stream.identity)
        }
    }

    /// Up to where a reading by change numbers or time stamps has come. Nil when nothing was seen that tells it.
    func mark(after reading: Reading) -> ChangeMark? {
        if let number = reading.session.root.highestCommittedUSN { return .number(number) }
        guard let attribute = reading.session.root.timeStamp else { return nil }
        let seen = ChangeMark.Time(attribute: attribute, reading.stream.lastChange)
        guard case .time(let before)? = cookie.flatMap(ChangeMark.init) else { return seen.map(ChangeMark.time) }
        return .time(seen.map { $0.latest < before.latest ? before : $0 } ?? before)
    }
}

extension Reading {
    /// The naming context that the base lies in; lists of changes are kept for the whole of it.
    var context: String { session.root.namingContext(of: backEnd.search.baseDN) ?? backEnd.search.baseDN }
}

extension RootDSE {
    /// The operational attribute that tells when an entry was changed last. Nil where change numbers do.
    var timeStamp: String? {
        if highestCommittedUSN != nil { return nil }
        return product == .openLDAP ? "entryCSN" : "modifyTimestamp"
    }
}
