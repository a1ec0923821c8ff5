import Model

extension Reading {
    /// Looks once more, when somebody seems to be gone, at what the bind account saw before the people: rights that it has
    /// lost meanwhile would make people look gone who are there, in the second look by immutable id as well.
    package func confirmRights() throws {
        guard doubt == nil else { return }
        var flight = Flight()
        let base = knowledge.lineage.isEmpty ? nil : flight.add(Self.presence(of: backEnd.search.baseDN))
        let own = seesItself == true ? backEnd.connection.credentials.ownDN.map { flight.add(Self.presence(of: $0)) } : nil
        let answers = try flight.answers(over: session)
        if let own, answers[own].entry == nil { doubt = Self.lostSight }
        if let base, answers[base].entry == nil {
            doubt = "the bind account does not see BaseDN any more, so it may not see others either"
        }
    }

    static let lostSight = "the bind account does not see its own entry any more, so it may not see others either"

    private static func presence(of dn: String) -> SearchRequest {
        SearchRequest(entry: dn, asking: AttributeList(["1.1"]))
    }
}

extension Credentials {
    /// The DN of the bind account's entry; nil when the account is not named by one.
    var ownDN: String? {
        guard case .simple(let dn, _) = self, !dn.isEmpty, DistinguishedName.isAt(dn, orBelow: "") == true else { return nil }
        return dn
    }
}
