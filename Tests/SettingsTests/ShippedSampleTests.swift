import Foundation
import Model
import Support
import Testing

@testable import Settings

@Suite("The shipped sample")
struct ShippedSampleTests {
    @Test("is read without any finding")
    func sample() throws {
        let reading = ConfigurationReader.read(paths: [shippedSample], environment: [:])
        #expect(reading.lines == [])
        let backEnd = try #require(reading.backEnd)
        #expect(backEnd.slot == Slot(1))
        #expect(
            backEnd.connection.servers == [
                .tcp(host: "ldap1.acme.example", port: 636, tls: true), .tcp(host: "ldap2.acme.example", port: 636, tls: true),
            ])
        #expect(backEnd.requiresGroups)
        #expect(backEnd.mapping.rows.count == 14)
    }

    @Test("compiles in perl without a warning, and Load sets what Rollcall reads")
    func perl() throws {
        let program = """
            my $file = shift; require $file; my $self = {};
            Kernel::Config::Files::ZZZ_CustomerBackend::Load('', $self);
            print join ' ', $self->{CustomerUser1}{Params}{BaseDN}, $self->{'Rollcall::Interval'}, scalar @{ $self->{CustomerUser1}{Map} };
            """
        let compiled = try Perl.run(["-wc", shippedSample])
        #expect(compiled.status == 0)
        #expect(compiled.errors == "\(shippedSample) syntax OK\n")
        let loaded = try Perl.run(["-we", program, shippedSample])
        #expect(loaded.errors == "")
        #expect(loaded.output == "ou=people,dc=acme,dc=example 300 14")
    }

    @Test("names every key that Rollcall knows")
    func keys() throws {
        let text = try String(contentsOfFile: shippedSample, encoding: .utf8)
        for key in Keys.all { #expect(text.contains(key), "\(key)") }
    }

    @Test("and docs/configuration.md has a row for every key")
    func documentation() throws {
        let text = try String(contentsOf: checkout.appendingPathComponent("docs/configuration.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        for key in Keys.all {
            #expect(rows.contains { $0.hasPrefix("| `\(key)`") || $0.hasPrefix("| `\(key)<N>`") }, "\(key)")
        }
    }
}
