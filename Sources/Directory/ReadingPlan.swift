import Model

/// How one reading goes about it: worked out from what the server offers and what is known of the last reading.
struct ReadingPlan: Equatable {
    /// The strategy that this reading and the next ones follow.
    var strategy: Strategy
    /// Where to go on. Nil: everybody is read.
    var cookie: [UInt8]?
    /// Why everybody is read; empty when only what has changed is.
    var reason: String

    /// What is known when a reading begins.
    struct Knowledge {
        /// What the last reading left; nil before the first one.
        var saved: ReadingState?
        var lineage: String
        /// A digest of what is asked for and how it is mapped.
        var request: UInt128
        /// Nil when some of the surroundings could not be read.
        var surroundings: UInt128?
        /// Why the LDAP groups that decide about grants make everybody be read; nil when they do not.
        var groupDoubt: String?
        /// Microseconds since 1970 (UTC).
        var now: Int64
    }

    static func make(_ strategy: Strategy, _ backEnd: BackEnd, _ root: RootDSE, _ knowledge: Knowledge) -> ReadingPlan {
        if strategy == .full { return everybody(.full, "the strategy is full") }
        guard let saved = knowledge.saved else { return everybody(strategy, "it is the first reading") }
        let age = (knowledge.now - saved.lastComplete) / 1_000_000
        let reason: String? =
            if saved.strategy != strategy {
                "the last reading followed the strategy \(saved.strategy.rawValue)"
            } else if saved.cookie.isEmpty {
                "the last reading left nothing to go on from"
            } else if saved.request != knowledge.request {
                "the settings of the back end or the groups have changed"
            } else if saved.lineage != knowledge.lineage {
                "the server holds other data than at the last reading"
            } else if let surroundings = knowledge.surroundings, surroundings != saved.surroundings {
                "the tree or an LDAP group that filters name has changed"
            } else if let doubt = knowledge.groupDoubt {
                doubt
            } else if age >= backEnd.fullEverySeconds || age < 0 {
                "the last reading of everybody was longer ago than FullEvery"
            } else {
                root.lossSince(saved.cookie, strategy, now: knowledge.now)
            }
        return reason.map { everybody(strategy, $0) } ?? ReadingPlan(strategy: strategy, cookie: saved.cookie, reason: "")
    }

    private static func everybody(_ strategy: Strategy, _ reason: String) -> ReadingPlan {
        ReadingPlan(strategy: strategy, cookie: nil, reason: reason)
    }
}

extension RootDSE {
    /// Why changes since `cookie` may be lost, as far as the cookie and the root DSE tell.
    fileprivate func lossSince(_ cookie: [UInt8], _ strategy: Strategy, now: Int64) -> String? {
        switch strategy {
        case .full: nil
        case .sync where product == .openLDAP: lossSince(latest: ContentSync.latestChange(in: cookie), now: now)
        case .sync: lossSince(recorded: cookie)
        case .dirsync: lossSince(DirSync.Mark(cookie))
        case .changed: lossSince(ChangeMark(cookie), now: now)
        }
    }

    private static let unreadable = "where the last reading ended cannot be read"

    /// - Parameter latest: the latest change that a cookie of slapd's has seen. Another cookie is answered with everybody, as
    ///   if all of them had changed and nobody had left.
    private func lossSince(latest: String?, now: Int64) -> String? {
        guard let latest else { return Self.unreadable }
        // Slapd would not tell what has changed since its clock was put back.
        let limit = GeneralizedTime.of(now + Self.clockTolerance) ?? ""
        return latest.prefix(limit.count) > limit ? "the server dates its last change in the future" : nil
    }

    /// Microseconds that the clocks of two machines may be apart; as with Kerberos.
    private static let clockTolerance: Int64 = 300_000_000

    private func lossSince(_ mark: DirSync.Mark?) -> String? {
        guard let mark else { return Self.unreadable }
        // The server itself would answer as if nothing had changed.
        return mark.number > highestCommittedUSN ?? 0 ? "the server's change numbers have gone back" : nil
    }

    private func lossSince(_ mark: ChangeMark?, now: Int64) -> String? {
        switch mark {
        case .number(let number) where highestCommittedUSN.map { $0 < number } ?? true:
            "the server's change numbers have gone back"
        case .number: nil
        case .time(let mark) where mark.attribute == timeStamp && GeneralizedTime.earlier(mark.latest, bySeconds: 0) != nil:
            mark.latest.prefix(14) > GeneralizedTime.of(now) ?? ""
                ? "the last reading ended at a time that is still to come" : nil
        case .time, nil: Self.unreadable
        }
    }

    private func lossSince(recorded cookie: [UInt8]) -> String? {
        guard product == .directoryServer389 else { return nil }
        guard let digits = ContentSync.changeNumber(in: cookie) else { return Self.unreadable }
        guard let recordedChanges, let number = Int(digits) else { return nil }
        if number + 1 < recordedChanges.lowerBound { return "the server has thrown away a part of its change log" }
        if number > recordedChanges.upperBound { return "the server's change log ends before the last reading" }
        return nil
    }

    /// The strategies that serve `backEnd` here, the best one first; `full` is always among them.
    func strategies(for backEnd: BackEnd) -> StrategyOffer {
        var offer = StrategyOffer(strategies: [.full])
        switch backEnd.strategy {
        case .fixed(.full): return offer
        case .fixed(let strategy): offer.strategies = [strategy, .full]
        case .automatic: offer.strategies = offered
        }
        if let use = backEnd.silentAttribute {
            offer.refuse("\(use.name) (\(use.settings.joined(separator: ", "))) changes without the entry being changed")
        }
        if !backEnd.connection.followedServers.isEmpty {
            offer.refuse("a part of the tree may be on other servers (FollowReferrals)")
        }
        if case .fixed(let strategy) = backEnd.strategy, offer.strategies.first == strategy, let reason = lack(of: strategy) {
            offer.refuse(reason)
        }
        return offer
    }

    private var offered: [Strategy] {
        switch product {
        case .openLDAP, .directoryServer389: supportsContentSync ? [.sync, .full] : [.full]
        case .samba, .activeDirectory:
            (supportsDirSync ? [.dirsync] : []) + (highestCommittedUSN == nil ? [] : [.changed]) + [.full]
        case .other: [.full]
        }
    }

    /// Why a strategy that the configuration asks for cannot be used.
    private func lack(of strategy: Strategy) -> String? {
        switch strategy {
        case .sync: supportsContentSync ? nil : "the server does not offer content sync to this account"
        case .dirsync: supportsDirSync ? nil : "the server does not offer DirSync"
        case .changed, .full: nil
        }
    }
}

/// Which strategies serve a back end at a server.
package struct StrategyOffer: Sendable, Hashable {
    /// The best one first, never empty.
    package internal(set) var strategies: [Strategy]
    /// Why a better one cannot be used.
    package internal(set) var refusal: String?

    /// The one that is used as long as the server does not refuse it.
    package var first: Strategy { strategies.first ?? .full }

    mutating func refuse(_ reason: String) {
        guard strategies != [.full] else { return }
        strategies = [.full]
        refusal = reason
    }
}
