import Foundation
import Model
import Support
import Testing

@testable import Settings

/// `Rollcall::Journal` and `Rollcall::Syslog`.
@Suite struct OutletTests {
    private static let rest = "Expected the name or the number of a facility, such as 'audit', 'local0' or 13."

    private static func syslog(_ members: String) -> ConfigurationReading {
        read(after: "$Self->{'Rollcall::Syslog'} = { \(members) };")
    }

    @Test func `given neither key, when read, then the journal is used where there is one, and syslog is not`() throws {
        let configuration = try #require(read().configuration)
        #expect(configuration.journal == .automatic)
        #expect(configuration.syslog == nil)
    }

    @Test(arguments: [("'auto'", JournalUse.automatic), ("1", .always), ("0", .never), ("''", .never), ("undef", .automatic)])
    func `given a use of the journal, when read, then it is that one`(_ value: String, _ use: JournalUse) {
        let reading = read(after: "$Self->{'Rollcall::Journal'} = \(value);")
        #expect(reading.lines == [])
        #expect(reading.configuration?.journal == use)
    }

    @Test(arguments: [("'yes'", "'yes'"), ("2", "'2'"), ("[]", "a list")])
    func `given another use of the journal, when read, then it is an error`(_ value: String, _ shown: String) {
        #expect(
            read(after: "$Self->{'Rollcall::Journal'} = \(value);").messages == [
                "error: Rollcall::Journal is \(shown). Expected 'auto', 1 or 0."
            ])
    }

    @Test func `given a host alone, when read, then it is TLS at its port with the facility of audits`() throws {
        let reading = Self.syslog("Host => 'log.example.org'")
        #expect(reading.lines == [])
        let target = try #require(reading.configuration?.syslog)
        #expect(target == SyslogTarget(.tls, host: "log.example.org", port: 6514, facility: .audit))
        #expect(target.facility.code == 13)
        #expect(target.description == "tls://log.example.org:6514")
    }

    @Test(arguments: [("'udp'", SyslogTarget.Transport.udp, 514), ("'TCP'", .tcp, 601), ("'tls'", .tls, 6514)])
    func `given a transport, when read, then its port is the usual one`(
        _ value: String, _ transport: SyslogTarget.Transport, _ port: Int
    ) {
        let reading = Self.syslog("Host => '2001:db8::7', Transport => \(value)")
        #expect(reading.lines == [])
        #expect(reading.configuration?.syslog == SyslogTarget(transport, host: "2001:db8::7", port: port))
        #expect(reading.configuration?.syslog?.description == "\(transport.rawValue)://[2001:db8::7]:\(port)")
    }

    @Test func `given all members, when read, then all are there`() {
        let reading = Self.syslog(
            "Host => 'h', Transport => 'tls', Port => 7000, Facility => 'local3', CAFile => '/ca', "
                + "CertificateFile => '/c', KeyFile => '/k'")
        #expect(reading.lines == [])
        #expect(
            reading.configuration?.syslog
                == SyslogTarget(
                    .tls, host: "h", port: 7000, facility: SyslogFacility("19") ?? .audit, caFile: "/ca",
                    certificateFile: "/c", keyFile: "/k"))
        #expect(Self.syslog("Host => 'h', CertificateFile => '/c'").configuration?.syslog?.keyFile == "/c")
    }

    @Test(
        arguments: [
            ("", ["error: Rollcall::Syslog.Host is missing. Add Host => 'log.example.org'."]),
            (
                "Host => ''",
                [
                    "error: Rollcall::Syslog.Host is ''. Expected a host name or an address, such as 'log.example.org'."
                ]
            ),
            (
                "Host => 'tls://h'",
                [
                    "error: Rollcall::Syslog.Host is 'tls://h'. Expected a host name or an address, such as 'log.example.org'. "
                        + "Write the way there in Transport, the port in Port, and an IPv6 address without brackets."
                ]
            ),
            (
                "Host => 'h:514'",
                [
                    "error: Rollcall::Syslog.Host is 'h:514'. Expected a host name or an address, such as 'log.example.org'. "
                        + "Write the way there in Transport, the port in Port, and an IPv6 address without brackets."
                ]
            ),
            (
                "Host => 'h', Transport => 'dtls'",
                ["error: Rollcall::Syslog.Transport is 'dtls'. Expected 'tls', 'tcp' or 'udp'."]
            ),
            ("Host => 'h', Port => 0", ["error: Rollcall::Syslog.Port is '0'. Expected a whole number, 1 to 65535."]),
            (
                "Host => 'h', Facility => 'local8'",
                ["error: Rollcall::Syslog.Facility is 'local8'. \(rest) Is 'local0' meant?"]
            ),
            ("Host => 'h', Facility => 24", ["error: Rollcall::Syslog.Facility is '24'. \(rest)"]),
            (
                "Host => 'h', Transport => 'tcp', CAFile => '/ca'",
                [
                    "error: Rollcall::Syslog.CAFile is for TLS, and Transport is 'tcp'. Write Transport => 'tls', or remove it."
                ]
            ),
            (
                "Host => 'h', KeyFile => '/k'",
                [
                    "error: Rollcall::Syslog.KeyFile has no CertificateFile beside it. Add CertificateFile, or remove it."
                ]
            ),
            ("Host => 'h', CAFile => ''", ["error: Rollcall::Syslog.CAFile is empty. Write a path, or remove the key."]),
            (
                "Host => 'h', Cafile => '/ca'",
                ["warning: Rollcall::Syslog.Cafile is unknown to Rollcall and has no effect. Is 'CAFile' meant?"]
            ),
        ])
    func `given a flawed receiver, when read, then each flaw is told`(_ members: String, _ messages: [String]) {
        #expect(Self.syslog(members).messages == messages)
    }

    @Test func `given text for a receiver, when read, then it is an error with its place`() {
        #expect(
            read(Sample.file("$Self->{'Rollcall::Syslog'} = 'log.example.org';\n" + Sample.backEnd())).lines == [
                "z.pm:5:31: error: Rollcall::Syslog is text. Expected a hash, such as { Host => 'log.example.org' }."
            ])
    }

    @Test func `given that TLS is required, when records would go in plain text, then it is an error but on this machine`() {
        let require = "$Self->{'Rollcall::RequireTLS'} = 1;"
        let remote = "$Self->{'Rollcall::Syslog'} = { Host => 'h', Transport => 'udp' };"
        #expect(
            read(after: require + remote).messages == [
                "error: Rollcall::Syslog.Transport sends change records to h in plain text, which Rollcall::RequireTLS forbids. "
                    + "Write Transport => 'tls'."
            ])
        let local = "$Self->{'Rollcall::Syslog'} = { Host => '127.0.0.1', Transport => 'udp' };"
        #expect(read(after: require + local).lines == [])
    }

    @Test func `given a key that everybody may read, when read, then it is a warning`() throws {
        let folder = try TestFolder()
        let key = try folder.write("", to: "client.key")
        let path = try folder.write(
            Sample.file(
                Sample.backEnd()
                    + "$Self->{'Rollcall::Syslog'} = { Host => 'h', CertificateFile => '/c', KeyFile => '\(key)' };"),
            to: "z.pm")
        for (mode, count) in [(0o644 as mode_t, 1), (0o600, 0)] {
            chmod(folder.path, 0o755)
            chmod(key, mode)
            let reading = ConfigurationReader.read(paths: [path], environment: [:])
            #expect(reading.messages.count == count)
            #expect(reading.messages.allSatisfy { $0.hasPrefix("warning: Rollcall::Syslog.KeyFile '\(key)' may be read by") })
        }
    }

    @Test func `given both keys, when explained, then they are told with their place; without them nothing is`() throws {
        let text = Sample.file(
            """
            $Self->{'Rollcall::Journal'} = 0;
            $Self->{'Rollcall::Syslog'} = { Host => 'h', CAFile => '/ca',
            CertificateFile => '/c' };
            \(Sample.backEnd())
            """)
        let reading = read(text)
        let lines = try #require(reading.explanation).lines { reading.place(at: $0) }.suffix(6)
        #expect(
            lines.map { $0.split(separator: "  ").map { $0.drop { $0 == " " } }.joined(separator: "|") } == [
                "journal|change records do not go there|[z.pm:5:32]", "syslog|tls://h:6514|[z.pm:6:41]",
                "facility|audit (13)|[default]", "authorities|/ca|[z.pm:6:56]", "own certificate|/c|[z.pm:7:20]",
                "own key|/c|[z.pm:7:20]",
            ])
        #expect(read().explanation?.sections.last?.lines.last?.label == "change log")
    }
}
