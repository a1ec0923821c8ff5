import Foundation
import Synchronization

/// A Samba Active Directory domain controller of a test's own, asked at its Unix-domain socket; ended with the test.
///
/// Samba listens on the ports of LDAP and no others. As root it does so on a loopback address that nobody uses there;
/// anybody else gives it a network of its own (a user namespace), whose Unix-domain socket is reached all the same.
package final class SambaDomain: LDAPServer {
    private static let program = "/usr/sbin/samba"
    static let realm = "TEST.EXAMPLE"

    package let suffix = "DC=test,DC=example"
    package let reader = Account(name: "reader@test.example", password: "Reader-secret.1")
    package let administrator = Account(name: "Administrator@test.example", password: "Manager-secret.1")
    package let folder: TestFolder
    /// Where it listens, in a network of its own when the tests do not run as root.
    let address: String
    private let running: Mutex<Command>

    package var uri: String { Self.uri(folder) }

    var processID: pid_t { running.withLock(\.processID) }

    /// Makes the domain and starts its controller.
    ///
    /// - Parameter services: of Samba: `ldap`, and `kdc` for Kerberos.
    package init(services: String = "ldap") throws {
        guard FileManager.default.fileExists(atPath: Self.program) else {
            throw TestFailure(
                "there is no \(Self.program). Install the packages samba-ad-dc, samba-ad-provision and samba-dsdb-modules, "
                    + "or run script/test, which does.")
        }
        folder = try TestFolder()
        address = try LoopbackAddress.take(port: 389)
        try Self.make(in: folder, address: address, administrator: administrator, reader: reader)
        try folder.write(Self.configuration(folder, address: address, services: services), to: "smb.conf")
        running = Mutex(try Self.start(folder))
    }

    deinit {
        let process = running.withLock { $0 }
        process.send(SIGKILL)
        _ = try? process.finish(seconds: 20)
    }

    package var data: String { "private" }

    package func restart(after body: () throws -> Void) throws {
        let process = running.withLock { $0 }
        process.send(SIGTERM)
        _ = try process.finish(seconds: 60)
        try body()
        let again = try Self.start(folder)
        running.withLock { $0 = again }
    }

    /// Changes who may do what with an entry, and restarts the server for that.
    ///
    /// - Parameter right: an access control entry in SDDL, with `READER` for the reader.
    package func restrict(_ dn: String, _ right: String, isLifted: Bool = false) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("SambaAccess.py").path
        try restart {
            let arguments = [script, folder.path, dn, isLifted ? "remove" : "add", right]
            let outcome = try Command.privilegedServer("/usr/bin/python3", arguments, environment: ["HOME": folder.path])
                .finish(seconds: 60)
            guard outcome.status == 0 else { throw TestFailure("\(right) was not set: \(outcome.errors.suffix(2000))") }
        }
    }

    private static func uri(_ folder: TestFolder) -> String {
        "ldapi://" + folder["private/ldapi"].replacingOccurrences(of: "/", with: "%2F")
    }

    private static func start(_ folder: TestFolder) throws -> Command {
        let arguments = ["-i", "-M", "single", "-s", folder["smb.conf"], "--debug-stdout"]
        let process = try Command.privilegedServer(program, arguments, environment: ["HOME": folder.path])
        try Readiness.wait(for: process, at: uri(folder), filter: "(isSynchronized=TRUE)")
        return process
    }

    private static func make(in folder: TestFolder, address: String, administrator: Account, reader: Account) throws {
        let script = URL(fileURLWithPath: #filePath).deletingPathExtension().appendingPathExtension("py").path
        for name in ["run", "log", "cache"] {
            try FileManager.default.createDirectory(atPath: folder[name], withIntermediateDirectories: true)
        }
        let arguments = [script, folder.path, realm, address, administrator.password, reader.password]
        let outcome = try Command.privilegedServer("/usr/bin/python3", arguments, environment: ["HOME": folder.path])
            .finish(seconds: 120)
        guard outcome.status == 0 else {
            throw TestFailure("the domain could not be made: \(outcome.errors.suffix(2000))\(Self.remedy)")
        }
    }

    private static let remedy =
        geteuid() == 0 ? "" : "Samba needs root, or user namespaces: 'unshare -Urn true' has to work for this user."

    private static func configuration(_ folder: TestFolder, address: String, services: String) -> String {
        """
        [global]
        netbios name = DC1
        realm = \(realm)
        workgroup = TEST
        server role = active directory domain controller
        server services = \(services)
        # With /32 Samba finds no interface.
        interfaces = \(address)/8
        bind interfaces only = yes
        disable netbios = yes
        ldap server require strong auth = no
        tls enabled = no
        ldb:nosync = true
        private dir = \(folder["private"])
        state directory = \(folder["state"])
        cache directory = \(folder["cache"])
        lock directory = \(folder.path)
        binddns dir = \(folder["bind-dns"])
        pid directory = \(folder["run"])
        ncalrpc dir = \(folder["run/ncalrpc"])
        winbindd socket directory = \(folder["run/winbindd"])
        ntp signd socket directory = \(folder["run/ntp_signd"])
        log file = \(folder["log/samba"])

        """
    }
}

/// An address of this machine's own network, 127.0.0.0/8.
enum LoopbackAddress {
    /// One on which nobody uses `port`, chosen at random, since several test runs may look for one at the same time.
    static func take(port: Int) throws -> String {
        guard geteuid() == 0 else { return "127.0.0.1" }
        for _ in 0..<100 {
            let numbers = [127, Int.random(in: 1...254), Int.random(in: 0...254), Int.random(in: 1...254)]
            if isFree(numbers, port) { return numbers.map(String.init).joined(separator: ".") }
        }
        throw TestFailure("no loopback address was found on which port \(port) is free and may be used")
    }

    private static func isFree(_ numbers: [Int], _ port: Int) -> Bool {
        let descriptor = Loopback.shared()
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(numbers.reduce(0) { $0 << 8 | $1 }).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
