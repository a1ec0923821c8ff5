import Logging
import Model
import Support
import Testing

@testable import Directory

/// Which of several servers is asked: the last good one first, and the preferred one again after a while.
@Suite struct BackEndServersTests {
    private let stop = StopSignal()
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func backEnd(_ servers: Slapd...) throws -> BackEnd {
        let settings = ConnectionSettings(
            servers: servers.map { .tcp(host: "127.0.0.1", port: $0.port, tls: false) },
            credentials: .simple(name: Slapd.reader, password: Secret(Slapd.password)))
        let slot = try #require(Slot(1))
        return BackEnd(
            slot: slot, name: "test", connection: settings, search: SearchSettings(baseDN: Slapd.people, scope: .sub),
            mapping: Mapping(keyAttribute: "uid", rows: []))
    }

    private func open(_ servers: BackEndServers, _ backEnd: BackEnd) throws -> String {
        try servers.open(backEnd, stop, log).server.description
    }

    @Test func `given the first server is down, when it is back, then the second one stays in use until the time is over`()
        throws
    {
        let (first, second) = (try Slapd(""), try Slapd(""))
        let backEnd = try backEnd(first, second)
        let (patient, impatient) = (BackEndServers(), BackEndServers(secondsAway: 0))
        try first.restart {
            let used = try [patient, impatient, impatient].map { try open($0, backEnd) }
            #expect(used == [second.uri, second.uri, second.uri])
        }
        #expect(try open(patient, backEnd) == second.uri)
        #expect(!first.log.contains("BIND dn"))
        #expect(try open(impatient, backEnd) == first.uri)
        #expect(try open(impatient, backEnd) == first.uri)
    }
}
