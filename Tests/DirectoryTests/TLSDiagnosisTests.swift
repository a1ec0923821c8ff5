import Model
import Testing

@testable import Directory

@Suite struct TLSDiagnosisTests {
    private func unexplained(_ host: String, _ words: String) -> String {
        let diagnosis = TLSDiagnosis(
            server: .tcp(host: host, port: 636, tls: true), security: TransportSecurity(caFile: "/ca.pem"), seconds: 1,
            stop: StopSignal())
        return "\(diagnosis.unexplained(words))"
    }

    @Test func `given localhost, when its name does not match, then it is said what libldap takes it for`() {
        #expect(
            unexplained("localhost", "TLS: hostname does not match name in peer certificate")
                == "ldaps://localhost:636: TLS handshake failed: libldap takes 'localhost' for this machine's own name, and the "
                + "certificate is not for that. Write 127.0.0.1 in Host, or another name that the certificate has.")
    }

    @Test func `given a failure that a second look does not show, when told, then it has libldap's words and what to check`() {
        let remedy =
            "Check that the certificate is issued for this host name by an authority in /ca.pem, that it is valid today, and "
            + "that the server speaks TLS on this port."
        #expect(unexplained("a", "(un\u{1B}known)") == "ldaps://a:636: TLS handshake failed: (un known). \(remedy)")
        #expect(unexplained("a", "") == "ldaps://a:636: TLS handshake failed: no trusted channel. \(remedy)")
    }
}
