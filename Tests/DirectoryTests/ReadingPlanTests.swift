import Model
import Testing

@testable import Directory

/// When everybody is read, and when only what has changed.
@Suite struct ReadingPlanTests {
    private static let hour: Int64 = 3_600_000_000

    private static func backEnd(_ change: (inout BackEnd) -> Void = { _ in }) throws -> BackEnd {
        let mapping = Mapping(
            keyAttribute: "uid",
            rows: [
                Mapping.Row(.field(.login), from: "uid"), Mapping.Row(.field(.email), from: "mail"),
                Mapping.Row(.field(.customerID), from: "o"),
            ])
        var backEnd = BackEnd(
            slot: try #require(Slot(1)), name: "Test", connection: ConnectionSettings(servers: []),
            search: SearchSettings(baseDN: "ou=people,dc=x", scope: .sub, alwaysFilter: "(objectClass=person)"),
            mapping: mapping)
        change(&backEnd)
        return backEnd
    }

    private static let openLDAP = RootDSE([
        "objectClass": ["OpenLDAProotDSE"], "supportedControl": [ContentSync.requestOID], "namingContexts": ["dc=x"],
    ])
    private static let samba = RootDSE([
        "vendorName": ["Samba Team"], "supportedControl": [DirSync.oid], "highestCommittedUSN": ["500"],
    ])

    private static func server389(first: Int, last: Int) -> RootDSE {
        RootDSE([
            "vendorName": ["389 Project"], "supportedControl": [ContentSync.requestOID],
            "firstChangeNumber": ["\(first)"], "lastChangeNumber": ["\(last)"],
        ])
    }

    private static let cookie = Array("rid=000,csn=19700211160000.000000Z#000000#000#000000".utf8)

    private static let saved = ReadingState(
        strategy: .sync, cookie: cookie, lineage: "a", request: 1, surroundings: 2, seesItself: true,
        lastComplete: 1000 * hour)

    private static func knowledge(_ saved: ReadingState? = saved) -> ReadingPlan.Knowledge {
        ReadingPlan.Knowledge(saved: saved, lineage: "a", request: 1, surroundings: 2, now: 1001 * hour)
    }

    private func plan(
        _ root: RootDSE = Self.openLDAP, _ strategy: Strategy = .sync,
        _ change: (inout ReadingPlan.Knowledge) -> Void = { _ in }
    ) throws -> ReadingPlan {
        var knowledge = Self.knowledge()
        change(&knowledge)
        return .make(strategy, try Self.backEnd(), root, knowledge)
    }

    @Test func `given nothing else has changed, when planned, then the reading goes on from the cookie`() throws {
        #expect(try plan() == ReadingPlan(strategy: .sync, cookie: Self.cookie, reason: ""))
        // Groups that cannot be read are no reason to read everybody.
        #expect(try plan { $0.surroundings = nil }.cookie != nil)
    }

    @Test func `given something else has changed, when planned, then everybody is read, and why is told`() throws {
        let reasons = [
            try plan { $0.saved = nil }, try plan { $0.saved?.strategy = .changed }, try plan { $0.saved?.cookie = [] },
            try plan { $0.request = 9 }, try plan { $0.lineage = "b" }, try plan { $0.surroundings = 9 },
            try plan { $0.groupDoubt = "groups" }, try plan { $0.now += 24 * Self.hour }, try plan { $0.now -= 2 * Self.hour },
            try plan(Self.openLDAP, .full),
        ]
        #expect(reasons.allSatisfy { $0.cookie == nil })
        #expect(
            reasons.map(\.reason) == [
                "it is the first reading", "the last reading followed the strategy changed",
                "the last reading left nothing to go on from", "the settings of the back end or the groups have changed",
                "the server holds other data than at the last reading",
                "the tree or an LDAP group that filters name has changed", "groups",
                "the last reading of everybody was longer ago than FullEvery",
                "the last reading of everybody was longer ago than FullEvery", "the strategy is full",
            ])
    }

    @Test(
        arguments: [
            (50, 90, 60, nil), (61, 90, 60, nil), (62, 90, 60, "the server has thrown away a part of its change log"),
            (1, 59, 60, "the server's change log ends before the last reading"),
        ] as [(Int, Int, Int, String?)])
    func `given a 389-DS with a trimmed change log, when planned, then a cookie from before it is not used`(
        _ first: Int, _ last: Int, _ number: Int, _ reason: String?
    ) throws {
        let cookie = Array("host:389#cn=reader:dc=x:(objectClass=*)#\(number)".utf8)
        let plan = try plan(Self.server389(first: first, last: last)) { $0.saved?.cookie = cookie }
        #expect(plan.reason == reason ?? "")
        #expect((plan.cookie == nil) == (reason != nil))
    }

    @Test(
        arguments: [
            ("host:389#cn=a#b,dc=x:dc=x:(objectClass=*)#60", true), ("host:389#cn=a:dc=x:(objectClass=*)#", false),
            ("host:389#60", false), ("host:389#cn=a:dc=x:(objectClass=*)#-60", false), ("garbage", false),
            ("\0ost:389#cn=a:dc=x:(objectClass=*)#60", false), ("host:389#cn=a:dc=x:(objectClass=*)#60\0", false),
        ])
    func `given a cookie that 389-DS did not make, when planned, then everybody is read`(_ cookie: String, _ isOne: Bool) throws
    {
        let plan = try plan(Self.server389(first: 1, last: 90)) { $0.saved?.cookie = Array(cookie.utf8) }
        #expect((plan.cookie != nil) == isOne)
        #expect(plan.reason == (isOne ? "" : "where the last reading ended cannot be read"))
    }

    @Test(
        arguments: [
            ("csn=19700101120000.000000Z#000000#00A#000000", true),
            ("rid=000,sid=001,csn=19700101120000.000000Z#000000#000#000000;19700101120001.000000Z#000000#001#00000f", true),
            ("rid=000", false), ("rid=000,csn=", false), ("garbage", false), ("rid=000,csn=2026010112", false),
            ("rid=000,csn=20260101120000.000000Z#000000#000#000000;", false),
            ("rid=000,csn=2026010112000x.000000Z#000000#000#000000", false),
        ])
    func `given a cookie that slapd did not make, when planned, then everybody is read`(_ cookie: String, _ isOne: Bool) throws
    {
        let plan = try plan { $0.saved?.cookie = Array(cookie.utf8) }
        #expect((plan.cookie != nil) == isOne)
        #expect(plan.reason == (isOne ? "" : "where the last reading ended cannot be read"))
    }

    @Test(
        arguments: [
            ("19700211170459", nil), ("19700211170500", nil),
            ("19700211170501", "the server dates its last change in the future"),
        ] as [(String, String?)])
    func `given a cookie of slapd's from the future, when planned, then everybody is read`(_ time: String, _ reason: String?)
        throws
    {
        let numbers = ["19700101000000.000000Z#000000#001#000000", "\(time).000000Z#000000#000#000000"]
        let plan = try plan { $0.saved?.cookie = Array("rid=000,csn=\(numbers.joined(separator: ";"))".utf8) }
        #expect(plan.reason == reason ?? "")
        #expect((plan.cookie == nil) == (reason != nil))
    }

    @Test(
        arguments: [
            ("499 MSDS", nil), ("500 MSDS", nil), ("501 MSDS", "the server's change numbers have gone back"),
            ("500  ", nil), ("500 ", "where the last reading ended cannot be read"),
            ("MSDS", "where the last reading ended cannot be read"),
        ] as [(String, String?)])
    func `given a mark of DirSync, when the server's change numbers are behind it, then everybody is read`(
        _ mark: String, _ reason: String?
    ) throws {
        let plan = try plan(Self.samba, .dirsync) {
            $0.saved?.strategy = .dirsync
            $0.saved?.cookie = Array(mark.utf8)
        }
        #expect(plan.reason == reason ?? "")
        #expect((plan.cookie == nil) == (reason != nil))
    }

    /// The time of the plan is 1970-02-11 17:00.
    @Test(
        arguments: [
            (openLDAP, "entryCSN=19700211170000.999999Z#000000#000#000000", nil),
            (
                openLDAP, "entryCSN=19700211170001.000000Z#000000#000#000000",
                "the last reading ended at a time that is still to come"
            ),
            (openLDAP, "modifyTimestamp=19700211160000Z", "where the last reading ended cannot be read"),
            (openLDAP, "entryCSN=yesterday", "where the last reading ended cannot be read"),
            (openLDAP, "garbage", "where the last reading ended cannot be read"),
            (openLDAP, "uSNChanged=12", "the server's change numbers have gone back"),
            (samba, "uSNChanged=500", nil), (samba, "uSNChanged=501", "the server's change numbers have gone back"),
            (server389(first: 1, last: 2), "modifyTimestamp=19700211160000Z", nil),
        ] as [(RootDSE, String, String?)])
    func `given a mark that is none or is ahead, when planned, then everybody is read`(
        _ root: RootDSE, _ mark: String, _ reason: String?
    ) throws {
        let plan = try plan(root, .changed) {
            $0.saved?.strategy = .changed
            $0.saved?.cookie = Array(mark.utf8)
        }
        #expect(plan.reason == reason ?? "")
        #expect((plan.cookie == nil) == (reason != nil))
    }

    // MARK: Strategies

    private func strategies(_ root: RootDSE, _ change: (inout BackEnd) -> Void = { _ in }) throws -> StrategyOffer {
        root.strategies(for: try Self.backEnd(change))
    }

    @Test func `given a server, when nothing is asked for, then the best that it offers is used`() throws {
        #expect(try strategies(Self.openLDAP).strategies == [.sync, .full])
        #expect(try strategies(RootDSE(["objectClass": ["OpenLDAProotDSE"]])).strategies == [.full])
        #expect(try strategies(Self.server389(first: 1, last: 2)).strategies == [.sync, .full])
        #expect(try strategies(Self.samba).strategies == [.dirsync, .changed, .full])
        #expect(try strategies(RootDSE(["supportedControl": [ContentSync.requestOID]])).strategies == [.full])
    }

    @Test func `given a strategy that the server lacks, when asked for, then everybody is read and that is told`() throws {
        let offer = try strategies(Self.openLDAP) { $0.strategy = .fixed(.dirsync) }
        #expect(offer.strategies == [.full])
        #expect(offer.refusal == "the server does not offer DirSync")
        #expect(
            try strategies(Self.samba) { $0.strategy = .fixed(.sync) }.refusal?.hasPrefix(
                "the server does not offer content sync") == true)
        #expect(try strategies(Self.openLDAP) { $0.strategy = .fixed(.changed) }.strategies == [.changed, .full])
        #expect(try strategies(Self.openLDAP) { $0.strategy = .fixed(.full) } == StrategyOffer(strategies: [.full]))
    }

    @Test(
        arguments: [
            ("(memberOf=cn=a,dc=x)", nil), ("(&(objectClass=person)(!(memberOf=cn=a,dc=x)))", nil),
            ("(memberOf=*)", "memberOf"), ("(memberOf:1.2.840.113556.1.4.1941:=cn=a,dc=x)", "memberOf"),
            ("(|(memberOf=cn=a,dc=x)(memberOf=cn=b*))", "memberOf"), ("(nsRole=cn=staff,dc=x)", "nsRole"),
            ("(!(lastLogon<=1))", "lastLogon"), ("(mail=*)", nil),
        ] as [(String, String?)])
    func `given a filter on what changes silently, when asked, then it is watched or everybody is read`(
        _ filter: String, _ attribute: String?
    ) throws {
        let offer = try strategies(Self.openLDAP) { $0.search.alwaysFilter = filter }
        #expect((offer.strategies == [.full]) == (attribute != nil))
        #expect(
            offer.refusal == attribute.map { "\($0) (AlwaysFilter) changes without the entry being changed" })
    }

    @Test func `given filters and rules on groups, when asked, then their groups are watched, each once`() throws {
        let backEnd = try Self.backEnd {
            $0.search.alwaysFilter = #"(&(memberOf=cn=a\2cb,dc=x)(cn=z))"#
            $0.search.validFilter = "(!(MemberOf=cn=gone,dc=x))"
            $0.rules.byAttribute = [
                GroupRules.AttributeRule(attribute: "memberOf", value: "cn=vip,dc=x", gifts: []),
                GroupRules.AttributeRule(attribute: "title", value: "cn=no,dc=x", gifts: []),
                GroupRules.AttributeRule(attribute: "memberOf", value: "CN=VIP,dc=x", gifts: []),
                GroupRules.AttributeRule(attribute: "memberOf", value: "cn=own,dc=x", gifts: []),
            ]
            $0.rules.byLDAPGroup = [GroupRules.LDAPGroupRule(groupDN: "cn=own,dc=x", gifts: [])]
        }
        #expect(backEnd.groupsBehindFilters == ["cn=a,b,dc=x", "cn=gone,dc=x"])
        #expect(backEnd.decidingGroups.map(\.dn) == ["cn=own,dc=x", "cn=vip,dc=x"])
        var nested = backEnd
        nested.followsNestedGroups = true
        #expect(nested.decidingGroups.map(\.countsNested) == [true, false, false])
        #expect(backEnd.silentAttribute == nil)
    }

    // MARK: Marks

    @Test(arguments: [
        ("20261125004500.123456Z#000000#000#000000", "entryCSN", "(entryCSN>=20261125004400.000000Z#000000#000#000000)"),
        ("20260301000030Z", "modifyTimestamp", "(modifyTimestamp>=20260228235930Z)"),
        ("20240229000000Z", "modifyTimestamp", "(modifyTimestamp>=20240228235900Z)"),
    ])
    func `given the latest time stamp, when asked what is new, then a minute is read twice`(
        _ latest: String, _ attribute: String, _ condition: String
    ) throws {
        for entry in [nil, DirectoryID(bits: 41)] {
            let mark = ChangeMark.Time(attribute: attribute, latest: latest, entry: entry)
            #expect(mark.condition == condition)
            #expect(ChangeMark(ChangeMark.time(mark).bytes) == .time(mark))
        }
    }

    @Test func `given a change number, when asked what is new, then it begins after it`() {
        #expect(ChangeMark.number(41).condition == "(uSNChanged>=42)")
        #expect(ChangeMark(ChangeMark.number(41).bytes) == .number(41))
    }

    @Test func `given a mark that is damaged, when it is read, then it is none`() {
        let good = "modifyTimestamp=20260301000030Z 00000000-0000-0000-0000-000000000029"
        #expect(ChangeMark(Array(good.utf8)) != nil)
        for text in ["garbage", "uSNChanged=x", "modifyTimestamp=", String(good.dropLast())] {
            #expect(ChangeMark(Array(text.utf8)) == nil, "\(text)")
        }
        #expect(ChangeMark.Time(attribute: "modifyTimestamp", latest: "yesterday").condition == nil)
    }

    @Test func `given entries of the past and of the future, when the last change is looked for, then only the past counts`() {
        var last = LastChange(before: 1000 * Self.hour)
        for (number, stamp) in ["19700211155959Z", "19700211160001Z", "19700211160000Z", "19700211140000Z"].enumerated() {
            last.note(Array(stamp.utf8)[...], of: DirectoryID(bits: UInt128(number)))
        }
        #expect(last.entry == DirectoryID(bits: 2))
        #expect(String(decoding: last.stamp, as: UTF8.self) == "19700211160000Z")
    }
}
