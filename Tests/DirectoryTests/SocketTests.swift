import Foundation
import Model
import Support
import Testing

@testable import Directory

/// Servers that cannot be reached, and searches as a person would type them.
@Suite struct SocketTests {
    private static let server = Server.tcp(host: "h", port: 389, tls: false)

    private func problem(_ server: Server, seconds: Int = 5) -> String? {
        do {
            close(try Socket.connect(to: server, seconds: seconds))
            return nil
        } catch {
            return "\(error.kind.rawValue) \(error)"
        }
    }

    private static let remedy = "Check Host and port of the back end, and that the server runs and can be reached from here."

    @Test func `given a port nobody listens on, when connected, then the problem says so`() throws {
        let port = try FreePort.take()
        #expect(
            problem(.tcp(host: "127.0.0.1", port: port, tls: true))
                == "unreachable ldaps://127.0.0.1:\(port): connecting failed: Connection refused. \(Self.remedy)")
    }

    @Test func `given a path that is too long for a socket, when connected, then the problem says how long it may be`() {
        let path = "/" + String(repeating: "x", count: 107)
        #expect(
            problem(.local(path: path)) == "unreachable ldapi://%2F\(path.dropFirst()): connecting failed: "
                + "the socket's path is longer than 107 bytes. \(Self.remedy)")
    }

    @Test func `given no socket at the path, when connected, then the problem says so`() throws {
        let folder = try TestFolder()
        let name = folder["none"].replacingOccurrences(of: "/", with: "%2F")
        #expect(
            problem(.local(path: folder["none"]))
                == "unreachable ldapi://\(name): connecting failed: No such file or directory. \(Self.remedy)")
    }

    @Test func `given a name that cannot exist, when connected, then the problem names the server and what to check`() {
        let text = problem(.tcp(host: "no-such-host.invalid", port: 389, tls: false), seconds: 60) ?? ""
        #expect(text.hasPrefix("unreachable ldap://no-such-host.invalid:389: connecting failed: "))
        #expect(text.hasSuffix(Self.remedy))
    }

    // MARK: The pasteable command

    @Test func `given quotes and spaces, when a search is shown, then a shell takes it and no password is in it`() {
        let request = SearchRequest(
            base: "ou=O'Neil & Sons,dc=x", scope: .one, filter: "(cn=a b*)", attributes: AttributeList(["uid", "mail"]),
            pageSize: 1000)
        var settings = ConnectionSettings(
            servers: [], credentials: .simple(name: "cn=reader one", password: Secret("s3cret")))
        settings.security.startTLS = true
        #expect(
            request.command(to: Self.server, as: settings)
                == "ldapsearch -x -LLL -H ldap://h:389 -ZZ -D 'cn=reader one' -W -E pr=1000/noprompt "
                + #"-b 'ou=O'\''Neil & Sons,dc=x' -s one '(cn=a b*)' uid mail"#)
        let plain = SearchRequest(base: "", scope: .base, filter: "(objectClass=*)", attributes: AttributeList(["*"]))
        #expect(
            plain.command(to: .local(path: "/run/ldapi"), as: ConnectionSettings(servers: []))
                == "ldapsearch -x -LLL -H ldapi://%2Frun%2Fldapi -b '' -s base '(objectClass=*)' '*'")
    }

    @Test func `given a bind by SASL, when the search is logged, then the command binds in the same way`() {
        let search = SearchRequest(base: "", scope: .base, filter: "(a=b)", attributes: AttributeList(["*"]))
        var settings = ConnectionSettings(servers: [], credentials: .external(authorization: "u:x"))
        settings.security.clientCertificate = "/c.pem"
        settings.security.clientKey = "/c key.pem"
        #expect(
            search.command(to: Self.server, as: settings)
                == "env LDAPTLS_CERT=/c.pem 'LDAPTLS_KEY=/c key.pem' ldapsearch -Q -Y EXTERNAL -LLL -H ldap://h:389 -X u:x "
                + "-b '' -s base '(a=b)' '*'")
        settings.credentials = .kerberos(KerberosAccount(keytab: "/k", principal: "r@A"))
        #expect(
            search.command(to: Self.server, as: settings)
                == "env KRB5CCNAME=MEMORY: KRB5_CLIENT_KTNAME=/k ldapsearch -Q -Y GSSAPI -N -LLL -H ldap://h:389 -b '' -s base "
                + "'(a=b)' '*'")
    }
}
