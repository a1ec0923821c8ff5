/// All settings of one Rollcall, decoded and checked.
package struct Configuration: Sendable, Hashable {
    /// In slot order.
    package var backEnds: [BackEnd]
    package var groups: GroupSettings
    /// `Rollcall::Interval`: seconds from the start of one cycle to the start of the next. At least 1.
    package var intervalSeconds: Int
    /// `Rollcall::Store`: path of the SQLite file.
    package var storePath: String
    /// `Rollcall::ChangeLog`: path of the change log.
    package var changeLogPath: String

    /// `Rollcall::Persist`: directories are asked to tell of changes at once.
    package var isPersistent = false
    /// `Rollcall::Journal`.
    package var journal = JournalUse.automatic
    /// `Rollcall::Syslog`; nil: change records go to no syslog receiver.
    package var syslog: SyslogTarget?

    /// `Rollcall::KeepRecords`: how many days the store keeps change records; nil: forever.
    package var keepRecordsDays: Int?
    /// `Rollcall::ChangeLogValues`: what the change log tells of people.
    package var changeLogValues = ChangeLogValues.values
    /// `Rollcall::SigningKey`: path of the private key that signs heads of the chain; nil: they are not signed.
    package var signingKeyPath: String?
    /// Which one it is; nil where that is not told.
    package var stamp: ConfigurationStamp?

    package static let defaultIntervalSeconds = 300
    package static let defaultStorePath = "/var/lib/rollcall/rollcall.sqlite"
    package static let defaultChangeLogPath = "/var/log/rollcall/changes.jsonl"

    package init(
        backEnds: [BackEnd], groups: GroupSettings = GroupSettings(), intervalSeconds: Int = Self.defaultIntervalSeconds,
        storePath: String = Self.defaultStorePath, changeLogPath: String = Self.defaultChangeLogPath
    ) {
        self.backEnds = backEnds
        self.groups = groups
        self.intervalSeconds = intervalSeconds
        self.storePath = storePath
        self.changeLogPath = changeLogPath
    }
}
