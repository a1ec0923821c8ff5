import Foundation
import Synchronization

/// A 389 Directory Server of a test's own, on a Unix-domain socket and a free port of 127.0.0.1; ended with the test.
///
/// It keeps `memberOf` and DNs in groups right, synchronises content (RFC 4533) and logs changes below `cn=changelog`.
package final class DirectoryServer389: ReloadableServer {
    private static let program = "/usr/sbin/ns-slapd"
    private static let template = "/usr/share/dirsrv/data/template-dse.ldif"

    package let suffix = "dc=test,dc=example"
    package var reader: Account { Account(name: "uid=reader,ou=services,\(suffix)", password: "Reader-secret.1") }
    package let administrator = Account(name: "cn=Directory Manager", password: "Manager-secret.1")
    package let folder: TestFolder
    package let port: Int
    private let semaphore: RemovedFile
    private let running: Mutex<Command>

    package var uri: String { "ldap://127.0.0.1:\(port)" }

    /// Lays an instance out, starts it and makes the suffix in it, with nobody but the reader.
    package init() throws {
        guard FileManager.default.fileExists(atPath: Self.program), FileManager.default.fileExists(atPath: Self.template) else {
            throw TestFailure("there is no \(Self.program). Install the package 389-ds-base, or run script/test, which does.")
        }
        folder = try TestFolder()
        port = try FreePort.take()
        semaphore = RemovedFile("/dev/shm/sem.\(Self.instance(folder)).stats")
        try Self.layOut(folder, port: port, suffix: suffix, administrator: administrator)
        running = Mutex(try Self.start(folder, port: port))
        try modify(Self.dataBase(suffix, in: folder) + Self.content(suffix, reader: reader))
    }

    deinit {
        let process = running.withLock { $0 }
        process.send(SIGKILL)
        _ = try? process.finish(seconds: 20)
    }

    package var data: String { "db" }

    package func restart(after body: () throws -> Void) throws {
        let process = running.withLock { $0 }
        process.send(SIGTERM)
        _ = try process.finish(seconds: 60)
        try body()
        let again = try Self.start(folder, port: port)
        running.withLock { $0 = again }
    }

    /// It keeps its connections and answers nobody.
    package func hang() { running.withLock { $0.send(SIGSTOP) } }
    package func resume() { running.withLock { $0.send(SIGCONT) } }

    package func reload(_ change: (String) -> String) throws {
        let instance = ["-D", folder[Self.instance(folder)], "-n", "userroot"]
        try restart {
            // -U: without folded lines.
            try succeed(Self.program, ["db2ldif"] + instance + ["-U", "-a", folder["ldif/all.ldif"]])
            let text = try String(contentsOfFile: folder["ldif/all.ldif"], encoding: .utf8)
            try folder.write(change(text), to: "ldif/all.ldif")
            try succeed(Self.program, ["ldif2db"] + instance + ["-i", folder["ldif/all.ldif"]])
        }
    }

    private static func start(_ folder: TestFolder, port: Int) throws -> Command {
        // In the foreground, so that it stays our own process; it then says nothing when it is ready.
        let process = try Command.server(program, ["-D", folder[instance(folder)], "-i", folder["run/pid"], "-d", "0"])
        try Readiness.wait(for: process, at: "ldap://127.0.0.1:\(port)")
        return process
    }

    /// The name of the configuration folder, which names a semaphore of the whole machine: one for each instance.
    private static func instance(_ folder: TestFolder) -> String { "slapd-\(folder.path.suffix(6))" }

    private static func layOut(_ folder: TestFolder, port: Int, suffix: String, administrator: Account) throws {
        let instance = instance(folder)
        for name in ["run", "lock", "log", "tmp", "bak", "ldif", "inst", "db/userroot", "\(instance)/schema"] {
            try FileManager.default.createDirectory(atPath: folder[name], withIntermediateDirectories: true)
        }
        try folder.write(schema, to: "\(instance)/schema/99user.ldif")
        try folder.write("certmap default default\n", to: "\(instance)/certmap.conf")
        let values = [
            "schema_dir": folder["\(instance)/schema"], "lock_dir": folder["lock"], "tmp_dir": folder["tmp"],
            "cert_dir": folder[instance], "ldif_dir": folder["ldif"], "bak_dir": folder["bak"], "run_dir": folder["run"],
            "inst_dir": folder["inst"], "log_dir": folder["log"], "config_dir": folder[instance], "db_dir": folder["db"],
            "db_home_dir": folder["db"], "db_lib": "bdb", "fqdn": "localhost", "ds_port": "\(port)", "ds_user": NSUserName(),
            "rootdn": administrator.name, "ds_passwd": "{CLEAR}\(administrator.password)", "ds_suffix": suffix,
            "ldapi_enabled": "on", "ldapi": folder["run/ldapi"], "ldapi_autobind": "off",
        ]
        let template = try String(contentsOfFile: Self.template, encoding: .utf8)
        try folder.write(Server389Settings.fill(template, values), to: "\(instance)/dse.ldif")
    }

    private static func dataBase(_ suffix: String, in folder: TestFolder) -> String {
        """
        dn: cn=userroot,cn=ldbm database,cn=plugins,cn=config
        objectClass: extensibleObject
        objectClass: nsBackendInstance
        cn: userroot
        nsslapd-suffix: \(suffix)
        nsslapd-directory: \(folder["db/userroot"])

        dn: cn="\(suffix)",cn=mapping tree,cn=config
        objectClass: extensibleObject
        objectClass: nsMappingTree
        cn: \(suffix)
        nsslapd-state: backend
        nsslapd-backend: userroot


        """
    }

    private static func content(_ suffix: String, reader: Account) -> String {
        """
        dn: \(suffix)
        objectClass: domain
        dc: test
        aci: (targetattr != "userPassword")(version 3.0; acl "read"; allow (read,search,compare)
          userdn = "ldap:///\(reader.name)";)

        dn: ou=services,\(suffix)
        objectClass: organizationalUnit
        ou: services

        dn: \(reader.name)
        objectClass: account
        objectClass: simpleSecurityObject
        uid: reader
        userPassword: \(reader.password)

        dn: cn=changelog
        changetype: modify
        add: aci
        aci: (targetattr = "*")(version 3.0; acl "read"; allow (read,search,compare)
          userdn = "ldap:///\(reader.name)";)


        """
    }

    /// Has the attribute that the change log calls an entry's `entryUUID`.
    private static let schema = """
        dn: cn=schema
        objectClass: top
        objectClass: ldapSubentry
        objectClass: subschema
        cn: schema
        attributeTypes: ( 2.16.840.1.113730.3.1.9999001 NAME 'targetEntryUUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15
          SINGLE-VALUE )

        """
}
