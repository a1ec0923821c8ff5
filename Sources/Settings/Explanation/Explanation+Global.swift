import Model

/// What concerns all back ends.
extension Explanation {
    /// Back ends that are set and that Rollcall does not read.
    static func unread(_ configuration: Configuration, _ written: Written) -> [Section] {
        let slots = Slot.numbers.compactMap(Slot.init).filter { slot in
            written[slot.key].exists && !configuration.backEnds.contains { $0.slot == slot }
        }
        return slots.map { slot in
            var section = Section(slot.key)
            section.add("not read", "its people are in the ticket system's database", written[slot.key]["Module"].offset)
            return section
        }
    }

    static func groups(_ groups: GroupSettings, _ written: Written) -> Section {
        var section = Section("Groups")
        section.add("groups", groups.groups.joined(separator: ", "), written["Rollcall::Groups"].offset)
        let permissions = groups.permissions.map(\.name).joined(separator: ", ")
        section.add("permissions", permissions, written["System::Customer::Permission"].offset)
        section.add("of every person", shown(.customerUser, groups), written["CustomerGroupAlwaysGroups"].offset)
        section.add("of every customer", shown(.customer, groups), written["CustomerGroupCompanyAlwaysGroups"].offset)
        let contexts = groups.contexts.map(\.rawValue).joined(separator: ", ")
        section.add("contexts", contexts, written["CustomerGroupPermissionContext"].offset)
        return section
    }

    /// Groups that do not exist give nothing, so they are said to.
    private static func shown(_ kind: AlwaysGroupKind, _ groups: GroupSettings) -> String {
        let known = Set(groups.groups.map(ExactText.init))
        let names = (groups.alwaysGroups[kind] ?? []).map {
            known.contains(ExactText($0)) ? $0 : "\($0) (which does not exist: nothing)"
        }
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }

    static func daemon(_ configuration: Configuration, _ written: Written) -> Section {
        var section = Section("Rollcall")
        let interval = "\(configuration.intervalSeconds) seconds from the start of one cycle to the next"
        section.add("interval", interval, written["Rollcall::Interval"].offset)
        let bell = configuration.isPersistent ? "as directories with content sync tell of them" : "with the next cycle"
        section.add("changes", bell, written["Rollcall::Persist"].offset)
        let required = written["Rollcall::RequireTLS"]
        section.add(
            "plain text", required.isTrue ? "refused, but on this machine" : "a warning where it holds a password",
            required.offset)
        section.add("store", configuration.storePath, written["Rollcall::Store"].offset)
        section.add("change log", configuration.changeLogPath, written["Rollcall::ChangeLog"].offset)
        if configuration.changeLogValues != .values {
            section.add(
                "it tells of people", words(configuration.changeLogValues), written["Rollcall::ChangeLogValues"].offset)
        }
        if let days = configuration.keepRecordsDays {
            let words = "\(days) \(days == 1 ? "day" : "days"), as far as they are delivered"
            section.add("store keeps records", words, written["Rollcall::KeepRecords"].offset)
        }
        if let path = configuration.signingKeyPath {
            section.add("heads signed with", path, written["Rollcall::SigningKey"].offset)
        }
        addOutlets(configuration, written, to: &section)
        return section
    }

    private static func words(_ values: ChangeLogValues) -> String {
        switch values {
        case .values: "who they are, and all values"
        case .names: "who they are, and which of their fields changed"
        case .digest: "their immutable id, and salted digests of all values"
        }
    }

    /// Where change records go besides, if anything is said about it.
    private static func addOutlets(_ configuration: Configuration, _ written: Written, to section: inout Section) {
        if let place = written["Rollcall::Journal"].offset { section.add("journal", words(configuration.journal), place) }
        guard let target = configuration.syslog else { return }
        let syslog = written["Rollcall::Syslog"]
        section.add("syslog", "\(target)", syslog["Host"].offset)
        section.add("facility", "\(target.facility.name) (\(target.facility.code))", syslog["Facility"].offset)
        guard target.transport == .tls else { return }
        section.add("authorities", target.caFile ?? "the system's", syslog["CAFile"].offset)
        guard let certificate = target.certificateFile, let key = target.keyFile else { return }
        section.add("own certificate", certificate, syslog["CertificateFile"].offset)
        section.add("own key", key, syslog["KeyFile"].or(syslog["CertificateFile"]).offset)
    }

    private static func words(_ use: JournalUse) -> String {
        switch use {
        case .automatic: "change records go there as well, where there is one"
        case .always: "change records go there as well"
        case .never: "change records do not go there"
        }
    }
}
