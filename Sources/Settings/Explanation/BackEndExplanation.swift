import Model

/// One back end in words.
struct BackEndExplanation {
    let backEnd: BackEnd
    let groups: GroupSettings
    /// All settings.
    private let settings: Written
    /// Its own hash.
    let own: Written
    private var parameters: Written { own["Params"] }

    init(_ backEnd: BackEnd, _ groups: GroupSettings, _ settings: Written) {
        self.backEnd = backEnd
        self.groups = groups
        self.settings = settings
        own = settings[backEnd.slot.key]
    }

    var section: Explanation.Section {
        var section = Explanation.Section("\(backEnd.slot.key) '\(backEnd.name)'")
        section.add("name", backEnd.name, own["Name"].offset)
        addConnection(to: &section)
        addSecurity(to: &section)
        addSearch(to: &section)
        addAttributes(to: &section)
        addRules(to: &section)
        addLimits(to: &section)
        return section
    }

    // MARK: Connection

    private var suffix: String { backEnd.slot.number == 0 ? "" : String(backEnd.slot.number) }
    private var options: Written { parameters["Params"].or(settings["AuthModule::LDAP::Params" + suffix]) }

    private func addConnection(to section: inout Explanation.Section) {
        let hosts = parameters["Host"].elements
        for (index, server) in backEnd.connection.servers.enumerated() {
            section.add("server", "\(server)", hosts.indices.contains(index) ? hosts[index].offset : nil)
        }
        section.add("timeout", "\(backEnd.connection.timeoutSeconds) seconds for any wait", options["timeout"].offset)
        addCredentials(to: &section)
    }

    private func addCredentials(to section: inout Explanation.Section) {
        let sasl = own["SASL"]
        switch backEnd.connection.credentials {
        case .anonymous: section.add("bind", "anonymously", parameters["UserDN"].offset)
        case .simple(let name, _):
            section.add("bind", name, parameters["UserDN"].offset)
            let file = parameters["UserPwFile"]
            let source = file.text.map { "from the file \($0)" } ?? "from UserPw"
            section.add("password", source, file.or(parameters["UserPw"]).offset)
        case .external(let authorization):
            let who = "SASL EXTERNAL: as the client certificate says, or with ldapi:// the account of the process"
            section.add("bind", who, sasl["mech"].offset)
            if !authorization.isEmpty { section.add("acting as", authorization, sasl["authzid"].offset) }
        case .kerberos(let account):
            section.add("bind", "SASL GSSAPI as \(account.principal)", sasl["principal"].offset)
            section.add("keytab", account.keytab, sasl["keytab"].offset)
            if !account.authorization.isEmpty { section.add("acting as", account.authorization, sasl["authzid"].offset) }
        }
    }

    private func addSecurity(to section: inout Explanation.Section) {
        let security = backEnd.connection.security
        let startTLS = parameters["StartTLS"].or(settings["AuthModule::LDAP::StartTLS" + suffix])
        if security.startTLS {
            section.add("TLS", "StartTLS before the bind; nothing is read without it", startTLS.offset)
        } else {
            section.add("TLS", Self.words(backEnd.connection.servers), parameters["Host"].offset)
        }
        guard security.startTLS || backEnd.connection.servers.contains(where: \.hasTLS) else { return }
        let verify = security.startTLS ? startTLS : options["verify"]
        section.add("certificates", Self.words(security.verification), verify.offset)
        let files = [
            ("authorities", security.caFile, "cafile"), ("authorities in", security.caFolder, "capath"),
            ("own certificate", security.clientCertificate, "clientcert"), ("own key", security.clientKey, "clientkey"),
        ]
        for (label, path, key) in files {
            if let path { section.add(label, path, options[key].offset) }
        }
    }

    private static func words(_ servers: [Server]) -> String {
        if servers.allSatisfy({ if case .local = $0 { true } else { false } }) { return "none: a socket of this machine" }
        if !servers.contains(where: \.isPlain) { return "from the start, as ldaps:// has it" }
        return servers.allSatisfy(\.isPlain) ? "none: plain text" : "as ldaps:// has it, plain text with the others"
    }

    private static func words(_ verification: TransportSecurity.Verification) -> String {
        switch verification {
        case .required: "must be right"
        case .optional: "checked if the server shows one"
        case .none: "not checked"
        }
    }

    // MARK: Search

    private func addSearch(to section: inout Explanation.Section) {
        let search = backEnd.search
        section.add("base", search.baseDN.isEmpty ? "the whole directory" : search.baseDN, parameters["BaseDN"].offset)
        section.add("scope", Self.words(search.scope), parameters["SSCOPE"].offset)
        let always = search.alwaysFilter.isEmpty ? nil : parameters["AlwaysFilter"].offset
        section.add("people", backEnd.peopleFilter, always)
        let valid = search.validFilter.isEmpty ? nil : own["CustomerUserValidFilter"].offset
        section.add("valid people", backEnd.validPeopleFilter ?? "all of them", valid)
        if backEnd.honoursAccountState {
            section.add("accounts", "those that are disabled or have expired are not valid", own["DisabledAccounts"].offset)
        }
        if let groupDN = search.groupDN {
            section.add("only", "logins in a memberUid at or below \(groupDN)", parameters["GroupDN"].offset)
        }
        section.add("charset", search.charset == .utf8 ? "UTF-8" : "ISO 8859-1", parameters["SourceCharset"].offset)
    }

    private static func words(_ scope: SearchSettings.Scope) -> String {
        switch scope {
        case .base: "base: the entry of the base alone"
        case .one: "one: entries right below the base"
        case .sub: "sub: the base and everything below"
        }
    }

    // MARK: Limits

    private func addLimits(to section: inout Explanation.Section) {
        let support = own["CustomerGroupSupport"].or(settings["CustomerGroupSupport"])
        let words = "needed: without one a person sees nothing"
        section.add("groups", backEnd.requiresGroups ? words : "not needed: every valid group is open", support.offset)
        let least = RemovalLimit.alwaysAllowed
        let limit =
            switch backEnd.removalLimit {
            case .percent(let share): "\(share)% of those present in one cycle, at least \(least)"
            case .count(let count): "\(max(count, least)) in one cycle"
            }
        section.add("removals", limit, own["RemovalLimit"].or(settings["Rollcall::RemovalLimit"]).offset)
        if !backEnd.canaries.isEmpty {
            section.add("canaries", backEnd.canaries.joined(separator: ", "), own["Canaries"].offset)
        }
        if backEnd.minimumUsers > 0 { section.add("least people", "\(backEnd.minimumUsers)", own["MinimumUsers"].offset) }
        let followed = backEnd.connection.followedServers
        if !followed.isEmpty {
            section.add("referrals", "to " + followed.map(\.description).joined(separator: ", "), own["FollowReferrals"].offset)
        }
        section.add("strategy", Self.words(backEnd.strategy), own["Strategy"].offset)
        if backEnd.strategy != .fixed(.full) {
            section.add("everybody", "at least every \(backEnd.fullEverySeconds) seconds", own["FullEvery"].offset)
        }
    }

    private static func words(_ strategy: StrategyChoice) -> String {
        switch strategy {
        case .automatic: "auto: what suits the server"
        case .fixed(.sync): "sync: what has changed, by content sync"
        case .fixed(.dirsync): "dirsync: what has changed, by DirSync"
        case .fixed(.changed): "changed: what has changed, by change numbers or time stamps"
        case .fixed(.full): "full: everybody in every cycle"
        }
    }
}
