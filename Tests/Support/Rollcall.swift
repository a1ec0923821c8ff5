import Foundation
import GRDB

/// A Rollcall of a test's own: configuration, store and change log in one folder.
package struct Rollcall: Sendable {
    package let folder: TestFolder
    package var store: String { folder["store.sqlite"] }
    package var changeLog: String { folder["changes.jsonl"] }
    package var configuration: String { folder["ZZZ_CustomerBackend.pm"] }

    package init(_ settings: String) throws {
        folder = try TestFolder()
        try configure(settings)
    }

    /// Replaces the configuration. Store and change log are always those of the test.
    package func configure(_ settings: String) throws {
        try folder.write(
            """
            package Kernel::Config::Files::ZZZ_CustomerBackend;
            use strict; use warnings; use utf8;
            sub Load {
                my ($File, $Self) = @_;
                $Self->{'Rollcall::Store'} = '\(store)';
                $Self->{'Rollcall::ChangeLog'} = '\(changeLog)';
            \(settings)
                return;
            }
            1;
            """, to: "ZZZ_CustomerBackend.pm")
    }

    /// The program that `swift build` has put beside the tests.
    package static var program: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("rollcall").path
    }

    /// One command, to its end.
    package func callAsFunction(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(Self.program, arguments + ["--config", configuration], environment: environment)
    }

    /// One cycle.
    package func cycle() throws -> Outcome { try self("run", "--once") }

    /// A daemon, or a cycle to interfere with.
    package func start(_ arguments: String..., environment: [String: String] = [:]) throws -> Command {
        try Command(Self.program, ["run"] + arguments + ["--config", configuration], environment: environment)
    }

    /// Rows of a query on the store, each value as text, NULL as "NULL".
    package func query(_ sql: String) throws -> [[String]] {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: store, configuration: configuration)
        return try queue.read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map {
                    String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0).map(String.init) ?? "NULL"
                }
            }
        }
    }

    /// What a person with SQL does, while nobody else uses the store.
    package func execute(_ sql: String) throws { try DatabaseQueue(path: store).write { try $0.execute(sql: sql) } }

    /// The lines of the change log, but for those that tell of Rollcall itself.
    package func log() throws -> [Line] { try wholeLog().filter { !$0.isProceeding } }

    /// The lines of the change log.
    package func wholeLog() throws -> [Line] {
        guard FileManager.default.fileExists(atPath: changeLog) else { return [] }
        let text = try String(contentsOfFile: changeLog, encoding: .utf8)
        return try text.split(separator: "\n").map { try Line(String($0)) }
    }

    /// One record of the change log.
    package struct Line: Sendable, CustomStringConvertible {
        package let sequence: Int
        package let action: String
        package let user: String?
        package let group: String?
        /// Field, before, after.
        package let changes: [String: [String?]]
        package let text: String
        /// It tells of Rollcall itself: of cycles, back ends that fail, the configuration and the log.
        package var isProceeding: Bool {
            ["cycle-", "configuration-", "log-", "back-end-failed", "back-end-recovered"].contains(where: action.hasPrefix)
        }

        package var description: String { [action, user, group].compactMap(\.self).joined(separator: " ") }

        init(_ text: String) throws {
            self.text = text
            guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                let event = object["event"] as? [String: Any], let sequence = event["sequence"] as? Int,
                let action = event["action"] as? String, let rollcall = object["rollcall"] as? [String: Any]
            else { throw TestFailure("no change record: \(text)") }
            self.sequence = sequence
            self.action = action
            user = (object["user"] as? [String: Any])?["name"] as? String
            group = (object["group"] as? [String: Any])?["name"] as? String
            changes = (rollcall["changes"] as? [String: [String: Any]] ?? [:]).mapValues {
                [$0["from"] as? String, $0["to"] as? String]
            }
        }
    }
}

/// Settings for tests.
package enum Settings {
    /// A back end that reads the people of a `Slapd`.
    package static func backEnd(
        _ slot: String = "CustomerUser", host: String, base: String = Slapd.people, password: String = Slapd.password,
        parameters: String = "", more: String = "", mapping: String = ""
    ) -> String {
        """
        $Self->{\(slot)} = {
            Name => 'Test \(slot)', Module => 'Kernel::System::CustomerUser::LDAP',
            Params => {
                Host => '\(host)', BaseDN => '\(base)', SSCOPE => 'sub',
                UserDN => '\(Slapd.reader)', UserPw => '\(password)', AlwaysFilter => '(objectClass=inetOrgPerson)',
                \(parameters)
            },
            CustomerKey => 'uid', CustomerID => 'o',
            Map => [
                [ 'UserLogin', 'Login', 'uid', 1, 1, 'var', '', 1 ],
                [ 'UserEmail', 'E-mail', 'mail', 1, 1, 'var', '', 1 ],
                [ 'UserCustomerID', 'Customer', 'o', 1, 1, 'var', '', 1 ],
                [ 'UserLastname', 'Last name', 'sn', 1, 1, 'var', '', 1 ],
                [ 'UserPhone', 'Phone', 'telephoneNumber', 1, 0, 'var', '', 1 ],
                [ 'UserComment', 'Comment', 'description', 1, 0, 'var', '', 1 ],
                \(mapping)
            ],
            \(more)
        };
        """
    }
}
