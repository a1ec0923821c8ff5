import Foundation

/// A directory server of a test's own, as those need it who change and read it.
package protocol LDAPServer: AnyObject, Sendable {
    /// Where Rollcall and the command-line tools reach it.
    var uri: String { get }
    /// The DN below which everything is.
    var suffix: String { get }
    /// May read everything that a synchronisation needs.
    var reader: Account { get }
    /// May change everything.
    var administrator: Account { get }
    /// What belongs to the server; removed with it.
    var folder: TestFolder { get }

    /// Stops it, as an administrator would, has `body` do something to what it has stored, and starts it again on that.
    func restart(after body: () throws -> Void) throws

    /// Where in `folder` it keeps its data.
    var data: String { get }
}

/// A server whose data can be written down as LDIF and loaded again, with the times and numbers that it gives entries.
package protocol ReloadableServer: LDAPServer {
    /// Stops it, has `change` alter all that it has, as LDIF without folded lines, and starts it again on that.
    func reload(_ change: (String) -> String) throws
}

/// Who binds to a server.
package struct Account: Sendable {
    /// A DN or a user principal name.
    package let name: String
    package let password: String

    package init(name: String, password: String) {
        self.name = name
        self.password = password
    }
}

extension LDAPServer {
    package func restart() throws { try restart {} }

    /// Keeps a copy of all data under a name, as a backup of a stopped server does.
    package func save(as name: String) throws {
        try restart { try succeed("/bin/cp", ["-a", folder[data], folder[name]]) }
    }

    /// Puts a copy back in the place of the data. The copy is used up.
    package func restore(_ name: String) throws {
        try restart {
            try FileManager.default.removeItem(atPath: folder[data])
            try FileManager.default.moveItem(atPath: folder[name], toPath: folder[data])
        }
    }

    /// Applies LDIF (RFC 2849) as the administrator. A record without `changetype` is added.
    package func modify(_ ldif: String) throws {
        let file = try folder.write(ldif, to: "change-\(UUID().uuidString).ldif")
        try succeed("/usr/bin/ldapmodify", ["-x", "-a", "-H", uri] + arguments(for: administrator) + ["-f", file])
        try FileManager.default.removeItem(atPath: file)
    }

    /// Entries as `ldapsearch` prints them for the reader.
    ///
    /// - Parameters:
    ///   - attributes: `1.1` for none.
    ///   - other: where to ask, if not at `uri`.
    package func search(
        _ base: String, scope: String = "sub", filter: String, _ attributes: [String], at other: String? = nil
    ) throws -> [LDIF.Entry] {
        let connection = ["-x", "-LLL", "-o", "ldif-wrap=no", "-H", other ?? uri] + arguments(for: reader)
        let output = try succeed("/usr/bin/ldapsearch", connection + ["-b", base, "-s", scope, filter] + attributes)
        return LDIF.entries(output)
    }

    private func arguments(for account: Account) -> [String] { ["-D", account.name, "-w", account.password] }
}

/// How a server that says nothing of its own accord is waited for.
enum Readiness {
    /// Asks again and again for `filter` in the root DSE, without logging in, until it is matched. A server that does not
    /// come up is ended.
    static func wait(for process: Command, at uri: String, filter: String = "(objectClass=*)", seconds: Int = 60) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while try !isAnswered(filter, at: uri) {
            guard process.isRunning, ContinuousClock.now < deadline else {
                let cause = process.isRunning ? "does not answer" : "has ended"
                process.send(SIGKILL)
                let outcome = try process.finish(seconds: 20)
                throw TestFailure("the server at \(uri) \(cause): \(outcome.errors.suffix(2000))\(outcome.output.suffix(2000))")
            }
        }
    }

    /// Waits until somebody listens on a port of 127.0.0.1, without connecting, which the server would log.
    static func waitForListener(on port: Int, of process: Command, seconds: Int = 60) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        // Linux's table of sockets: the address, that of the other side, and the state, 0A for who listens.
        let listener = String(format: "0100007F:%04X 00000000:0000 0A", port)
        while try !String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).contains(listener) {
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw TestFailure("nobody listens on port \(port): \(process.errors.suffix(2000))")
            }
            sched_yield()
        }
    }

    private static func isAnswered(_ filter: String, at uri: String) throws -> Bool {
        let question = ["-x", "-LLL", "-o", "nettimeout=5", "-H", uri, "-s", "base", "-b", "", filter, "1.1"]
        let answer = try run("/usr/bin/ldapsearch", question)
        return answer.status == 0 && answer.output.hasPrefix("dn:")
    }
}
