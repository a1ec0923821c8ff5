import ChangeLog
import Foundation
import Model
import Support
import Testing

/// Records to a syslog receiver over TLS (RFC 5425).
@Suite struct SyslogTLSTests {
    private static let lines = (1...3 as ClosedRange<Int64>).map {
        Record.form(Samples.record(.customerUserRevalidated(Samples.anna, []), sequence: $0))
    }

    /// A receiver with such a certificate, and the folder of all files.
    private static func receiver(
        _ kind: Certificates.Kind = .usual, _ conduct: SyslogReceiver.Conduct = .reads, asksForCertificate: Bool = false
    ) throws -> (receiver: SyslogReceiver, folder: TestFolder) {
        let folder = try TestFolder()
        try Certificates.makeServer(kind, in: folder)
        let server = TLSServer(in: folder, clientAuthority: asksForCertificate ? folder["ca.pem"] : nil)
        return (try SyslogReceiver(.tls(server), conduct), folder)
    }

    private static func sender(
        _ receiver: SyslogReceiver, host: String = "127.0.0.1", ca: String?, certificate: String? = nil, key: String? = nil
    ) -> SyslogSender {
        SyslogSender(
            to: SyslogTarget(
                .tls, host: host, port: receiver.port, caFile: ca, certificateFile: certificate, keyFile: key))
    }

    /// What is in the way, without the name of the receiver.
    private static func problem(_ sender: SyslogSender) -> String? {
        do {
            try sender.send(lines)
            return nil
        } catch {
            return "\(error.reason). \(error.remedy)"
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `given a right certificate, when sent, then all arrive over one connection`(_ host: String) throws {
        let (receiver, folder) = try Self.receiver()
        let sender = Self.sender(receiver, host: host, ca: folder["ca.pem"])
        try sender.send(Self.lines)
        let long = FieldChange("comments", from: nil, to: String(repeating: "x", count: 3_000_000))
        let more = [Record.form(Samples.record(.customerUserUpdated(Samples.anna, [long]), sequence: 4))]
        try sender.send(more)
        #expect(try receiver.wait(for: 4).map(\.message) == Self.lines + more)
        #expect(receiver.connectionCount == 1)
    }

    @Test(arguments: [
        (
            Certificates.Kind.otherName, "the receiver's certificate is not for '127.0.0.1'",
            "Write one of its names in Host, or have it issued for '127.0.0.1'."
        ),
        (
            .otherAuthority, "the receiver's certificate leads to no authority in CA",
            "Name its authority's certificate with CAFile, or correct the receiver's chain."
        ),
        (
            .selfSigned, "the receiver's certificate leads to no authority in CA",
            "Name its authority's certificate with CAFile, or correct the receiver's chain."
        ),
        (
            .expired,
            "the receiver's certificate is not trusted: The certificate is NOT trusted. The certificate chain uses expired "
                + "certificate", "Renew it on the receiver, or set the clock of this machine."
        ),
    ])
    func `given a wrong certificate, when sent, then nothing is, and the problem says what is wrong`(
        _ kind: Certificates.Kind, _ reason: String, _ remedy: String
    ) throws {
        let (receiver, folder) = try Self.receiver(kind)
        let sender = Self.sender(receiver, ca: folder["ca.pem"])
        #expect(Self.problem(sender) == "\(reason.replacingOccurrences(of: " CA", with: " " + folder["ca.pem"])). \(remedy)")
        try receiver.waitForEnd()
        #expect(receiver.messages.isEmpty)
    }

    @Test func `given no authority of ours, when sent, then the system's are asked, who do not know the receiver`() throws {
        let (receiver, folder) = try Self.receiver()
        let text = try #require(Self.problem(Self.sender(receiver, ca: nil)))
        #expect(
            [
                "the receiver's certificate leads to no authority in the system's store. Name its authority's certificate with "
                    + "CAFile, or correct the receiver's chain.",
                "this machine trusts no authority. Name the authority's certificate with CAFile of Rollcall::Syslog.",
            ].contains(text), "\(text)")
        #expect(receiver.messages.isEmpty)
        withExtendedLifetime(folder) {}
    }

    @Test func `given a receiver that asks for a certificate, when there is one, then all arrive, and else it is a problem`()
        throws
    {
        let (receiver, folder) = try Self.receiver(asksForCertificate: true)
        try Certificates.makeClient("client", subject: "/O=test/CN=rollcall", in: folder)
        try Certificates.makeAuthority("foreign", in: folder)
        try Certificates.makeClient("stranger", subject: "/O=test/CN=rollcall", authority: "foreign", in: folder)
        let refused = "Name a certificate that it takes with CertificateFile and KeyFile, or look at what it logs."
        #expect(
            Self.problem(Self.sender(receiver, ca: folder["ca.pem"]))
                == "the receiver refuses TLS: Certificate is required. \(refused)")
        let stranger = Self.sender(
            receiver, ca: folder["ca.pem"], certificate: folder["stranger.pem"], key: folder["stranger.key"])
        #expect(Self.problem(stranger)?.hasPrefix("the receiver refuses TLS: ") == true)
        let sender = Self.sender(receiver, ca: folder["ca.pem"], certificate: folder["client.pem"], key: folder["client.key"])
        try sender.send(Self.lines)
        #expect(try receiver.wait(for: 3).map(\.message) == Self.lines)
    }

    @Test func `given files of no use, when sent, then the problem names the file`() throws {
        let (receiver, folder) = try Self.receiver()
        let ca = folder["ca.pem"]
        let missing = folder["missing.pem"]
        #expect(
            Self.problem(Self.sender(receiver, ca: missing))
                == "\(missing) cannot be read: No such file or directory. Check the path and the rights of the file; the service "
                + "user must be able to read it.")
        let empty = try folder.write("", to: "empty.pem")
        #expect(
            Self.problem(Self.sender(receiver, ca: empty))
                == "\(empty) holds no certificate of an authority in PEM form. Put the authority's certificate there, as "
                + "'-----BEGIN CERTIFICATE-----' begins it.")
        let (certificate, key) = (folder["server.pem"], folder["ca.key"])
        #expect(
            Self.problem(Self.sender(receiver, ca: ca, certificate: certificate, key: key))
                == "the key in \(key) does not belong to the certificate in \(certificate). Let CertificateFile and KeyFile name "
                + "a certificate and its own key.")
    }

    @Test func `given a receiver without TLS, when sent, then the handshake has a limit`() throws {
        let receiver = try SyslogReceiver(.tcp, .ignores)
        let folder = try TestFolder()
        try Certificates.makeAuthority("ca", in: folder)
        let sender = SyslogSender(
            to: SyslogTarget(.tls, host: "127.0.0.1", port: receiver.port, caFile: folder["ca.pem"]),
            limits: OutletLimits(connectSeconds: 1, writeSeconds: 1))
        #expect(
            Self.problem(sender)
                == "no answer to the TLS handshake for 1 s. Check that the receiver speaks TLS at this port.")
    }

    @Test func `given a receiver that ended the connection, when more is sent, then over a new one, without a loss`() throws {
        let (receiver, folder) = try Self.receiver(.usual, .ends)
        let sender = Self.sender(receiver, ca: folder["ca.pem"])
        try sender.send([Self.lines[0]])
        try receiver.waitForEnd()
        try sender.send([Self.lines[1]])
        #expect(try receiver.wait(for: 2).map(\.message) == Array(Self.lines.prefix(2)))
        #expect(receiver.connectionCount == 2)
    }
}
