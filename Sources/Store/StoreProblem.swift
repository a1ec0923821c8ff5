import GRDB

/// Why the store cannot be used: which file, why, and what to do.
package struct StoreProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// Another Rollcall has it.
        case inUse
        /// It cannot be opened, read or written.
        case unusable
        /// Nothing has been mirrored yet.
        case missing
    }

    package var kind: Kind
    package var path: String
    package var reason: String
    package var remedy: String

    package var description: String { "store \(path): \(reason). \(remedy)" }

    package init(_ kind: Kind, path: String, reason: String, remedy: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    /// What SQLite's result code (sqlite.org/rescode.html) means for an operator.
    init(_ error: DatabaseError, path: String) {
        let words = error.message ?? "\(error.resultCode)"
        let remedy =
            switch error.resultCode {
            case .SQLITE_FULL: "Make room on the disk. Nothing is lost: the next cycle goes on from here."
            case .SQLITE_BUSY, .SQLITE_LOCKED: "Another program holds a lock on it. End that program, or wait."
            case .SQLITE_CANTOPEN: "Check that its folder exists and that the service user may write there."
            case .SQLITE_READONLY, .SQLITE_PERM: "Let the service user write the file and its folder."
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: "Restore it from a backup, or move it away to begin anew."
            case .SQLITE_IOERR: "Check the disk and the system's log."
            default: "This should not happen: please report it with this line."
            }
        self.init(.unusable, path: path, reason: words, remedy: remedy)
    }
}
