import Model
import Support

/// Random changes of every kind, with awkward texts.
struct RandomChange {
    static let kindCount = 33
    var random: Seeded

    init(_ seed: UInt64) { random = Seeded(seed) }

    private static let awkward = [
        "", "\"", "\\", "\n", "\u{0}", "\u{7F}", "\u{202E}", "\u{2028}", "\u{1F600}", "e\u{301}", "null", "cycle", " ",
        "CustomerUser1",
        "}", #""action":"grant-added""#, "%", "\u{FFFD}", "\u{10FFFF}",
    ]

    mutating func text() -> String {
        var text = ""
        for _ in 0..<random.number(0..<5) {
            if random.oneIn(2) {
                text += Self.awkward.randomElement(using: &random) ?? ""
            } else if let scalar = Unicode.Scalar(UInt32(random.number(0..<0x3000))), scalar != "\u{FEFF}" {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Anything but the word for cycles.
    mutating func actor() -> String { "a" + text() }

    mutating func microseconds() -> Int64 { Int64.random(in: 0...253_402_300_799_999_999, using: &random) }

    private mutating func person() -> PersonReference {
        let bits = UInt128(random.next()) << 64 | UInt128(random.next())
        return PersonReference(directoryID: DirectoryID(bits: bits), login: text(), customerID: text())
    }

    /// In the order of their names, as they are read back.
    private mutating func fields() -> [FieldChange] {
        let names = Set((0..<random.number(0..<4)).map { _ in text() })
        return names.sorted().map { name in
            FieldChange(name, from: random.oneIn(3) ? nil : text(), to: random.oneIn(3) ? nil : text())
        }
    }

    private mutating func evidence() -> Evidence {
        let kinds: [Evidence.Kind] = [
            .absent, .absentAndNotFound, .reported, .noLongerMatches, .validFilter, .accountDisabled, .loginTakenOver, .noGroup,
        ]
        return Evidence(
            kinds.randomElement(using: &random) ?? .absent, server: text(), position: random.oneIn(2) ? text() : nil)
    }

    private mutating func summary() -> CycleSummary {
        let names = Set((0..<random.number(0..<4)).map { _ in text() })
        return CycleSummary(
            outcome: CycleOutcome.allCases.randomElement(using: &random) ?? .done,
            counts: Dictionary(uniqueKeysWithValues: names.map { ($0, Int64(random.number(0..<9))) }),
            nanoseconds: Int64(random.number(0..<1_000_000)),
            signature: random.oneIn(2)
                ? nil
                : HeadSignature(
                    key: String(repeating: "0", count: 16), value: String(repeating: "A", count: 86) + "=="))
    }

    private mutating func grant() -> Grant {
        Grant(
            group: text(), permission: Permission(text()), source: GrantSource.allCases.randomElement(using: &random) ?? .rule,
            rule: text())
    }

    private mutating func grantee() -> Grantee {
        random.oneIn(2)
            ? .customerUser(person()) : .customer(id: text(), PermissionContext.allCases.randomElement(using: &random) ?? .same)
    }

    private mutating func kind() -> AlwaysGroupKind { random.oneIn(2) ? .customer : .customerUser }

    /// - Parameter kind: below `kindCount`.
    mutating func change(_ kind: Int) -> Change {
        switch kind {
        case 0: .customerUserAdded(person(), fields())
        case 1: .customerUserUpdated(person(), fields())
        case 2: .customerUserRenamed(person(), fields())
        case 3: .customerUserInvalidated(person(), evidence())
        case 4: .customerUserRevalidated(person(), fields())
        case 5: .customerUserRemovalHeld(person(), evidence(), reason: text())
        case 6: .customerUserRemovalApproved(person(), evidence())
        case 7: .customerAdded(id: text())
        case 8: .customerUpdated(id: text(), fields())
        case 9: .customerInvalidated(id: text())
        case 10: .groupAdded(name: text())
        case 11: .groupUpdated(name: text(), fields())
        case 12: .groupInvalidated(name: text())
        case 13: .groupRenamed(name: text(), from: text())
        case 14, 15: .grantAdded(grantee(), grant())
        case 16: .grantRemoved(grantee(), grant())
        case 17: .grantHeld(person(), grant(), reason: text())
        case 18: .grantWithheld(grantee(), group: text(), Permission(text()))
        case 19: .grantReleased(grantee(), group: text(), Permission(text()))
        case 20:
            random.oneIn(2) ? .alwaysGroupAdded(self.kind(), group: text()) : .alwaysGroupRemoved(self.kind(), group: text())
        case 21: .settingsChanged(fields())
        case 22: .settingsDeployed(number: Int64(random.number(1..<1000)), fields())
        case 23: .backEndUpdated(fields())
        case 24: .backEndFailed(reason: text())
        case 25: .backEndRecovered
        case 26: .cycleStarted
        case 27: .cycleFinished(summary())
        case 28: .configurationLoaded(ConfigurationStamp(files: [text(), text()], digest: String(repeating: "a", count: 64)))
        case 29: .configurationRejected(files: [text()], reason: text())
        case 30: .logOpened(path: text(), LogOpening.allCases.randomElement(using: &random) ?? .new)
        case 31:
            .customerUserErased(
                person().directoryID, Erasure(grants: Int64(random.number(0..<9)), records: Int64(random.number(0..<9))))
        default: .logSealed(SealedRecords(numbers: 1...9, count: 9, hash: ChainHash(high: 1, low: 2)))
        }
    }
}
