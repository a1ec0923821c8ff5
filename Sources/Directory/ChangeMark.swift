import Model

/// Up to where a reading by change numbers or time stamps has come.
enum ChangeMark: Equatable {
    case number(Int)
    case time(Time)

    /// The latest value of `attribute` that was seen.
    struct Time: Equatable {
        let attribute: String
        let latest: String
        /// The entry that had it. Nil in a mark of an earlier Rollcall.
        var entry: DirectoryID?
    }

    var bytes: [UInt8] {
        switch self {
        case .number(let number): Array("uSNChanged=\(number)".utf8)
        case .time(let time): Array("\(time.attribute)=\(time.latest)\(time.entry.map { " \($0)" } ?? "")".utf8)
        }
    }

    /// The filter item for whoever may have been changed since. Nil when the mark has no time.
    var condition: String? {
        switch self {
        case .number(let number): "(uSNChanged>=\(number + 1))"
        case .time(let time): time.condition
        }
    }

    init?(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        if parts[0] == "uSNChanged" {
            guard let number = Int(parts[1]) else { return nil }
            self = .number(number)
        } else {
            let words = parts[1].split(separator: " ", maxSplits: 1).map(String.init)
            guard let latest = words.first else { return nil }
            let entry = words.dropFirst().first.map { IdentityAttribute.entryUUID.id(Array($0.utf8)[...]) }
            if case .some(nil) = entry { return nil }
            self = .time(Time(attribute: parts[0], latest: latest, entry: entry ?? nil))
        }
    }
}

extension ChangeMark.Time {
    /// - Returns: nil when no change was seen.
    init?(attribute: String, _ last: LastChange) {
        guard let entry = last.entry else { return nil }
        self.init(attribute: attribute, latest: String(decoding: last.stamp, as: UTF8.self), entry: entry)
    }

    /// The filter item for whoever may have been changed since: a minute is read twice, because stamps are given before
    /// they are committed. Nil when the mark has no time.
    var condition: String? {
        guard let from = GeneralizedTime.earlier(latest, bySeconds: Self.overlapSeconds) else { return nil }
        let value = attribute == "entryCSN" ? "\(from).000000Z#000000#000#000000" : "\(from)Z"
        return "(\(attribute)>=\(value))"
    }

    private static let overlapSeconds = 60
}

/// The entry that was changed last, as far as a reading has seen.
///
/// Times that had not come when the reading began do not count. One of them would hide all that changes until then; and of
/// what is changed during a reading, only a part is seen.
struct LastChange: Sendable, Equatable {
    private let begin: [UInt8]
    /// As the server writes it.
    private(set) var stamp: [UInt8] = []
    private(set) var entry: DirectoryID?

    /// - Parameter begin: of the reading, in microseconds since 1970 (UTC).
    init(before begin: Int64) { self.begin = Array((GeneralizedTime.of(begin) ?? "").utf8) }

    mutating func note(_ stamp: ArraySlice<UInt8>, of id: DirectoryID) {
        if begin.lexicographicallyPrecedes(stamp.prefix(begin.count)) || stamp.lexicographicallyPrecedes(self.stamp) { return }
        self.stamp = Array(stamp)
        entry = id
    }

    mutating func note(_ other: LastChange) { if let id = other.entry { note(other.stamp[...], of: id) } }
}
