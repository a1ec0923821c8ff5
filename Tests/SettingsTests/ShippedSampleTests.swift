import Foundation
import Model
import Testing

@testable import Settings

@Suite("The shipped sample")
struct ShippedSampleTests {
    @Test("is read without any finding")
    func sample() throws {
        let reading = ConfigurationReader.read(path: shippedSample, environment: [:])
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
}
