import Model
import Testing

@testable import Directory

@Suite struct KerberosTests {
    private static let server = Server.tcp(host: "dc1.example", port: 636, tls: true)
    private static let account = KerberosAccount(keytab: "/k", principal: "r@A")

    private func problem(_ code: Int, _ words: String) -> DirectoryProblem {
        KerberosFailure(code: code, words: words).problem(Self.account, host: "dc1.example", Self.server)
    }

    @Test func `given clocks that differ, when told, then the remedy is to set them`() {
        // KRB5KRB_AP_ERR_SKEW
        let problem = problem(-1_765_328_347, "Clock skew too great")
        #expect(problem.kind == .credentials)
        #expect(
            "\(problem)" == "ldaps://dc1.example:636: getting a Kerberos ticket failed: Clock skew too great. "
                + "Let this machine and the Kerberos server keep the same time, such as with chrony.")
    }

    @Test func `given a failure that nobody has foreseen, when told, then a command shows more`() {
        #expect(
            "\(problem(1, "Something else.\u{1B}[0m"))"
                == "ldaps://dc1.example:636: getting a Kerberos ticket failed: Something "
                + "else. [0m. Try 'kinit -kt /k r@A' with KRB5_TRACE=/dev/stderr.")
    }

    @Test func `given a server known by its address, when a ticket is wanted, then the name is asked for`() {
        #expect(
            "\(KerberosFailure.noHostName(.tcp(host: "192.0.2.1", port: 389, tls: false)))"
                == "ldap://192.0.2.1:389: getting a Kerberos ticket failed: the server has no host name in Host. Kerberos knows "
                + "servers by their names: write ldaps:// and the name.")
    }
}
