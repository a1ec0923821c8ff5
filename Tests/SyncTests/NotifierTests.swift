import Foundation
import Support
import Sync
import Testing

/// What the service manager hears.
@Suite struct NotifierTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test(arguments: [false, true])
    func `given a socket of either kind, when the service tells its state, then each message arrives whole`(
        _ isAbstract: Bool
    ) throws {
        let socket = try NotifySocket(in: folder, isAbstract: isAbstract)
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": socket.name])
        notifier.ready(status: "one\ntwo READY=0")
        notifier.status("3 people\nSTOPPING=1")
        notifier.watchdog()
        notifier.stopping()
        try socket.wait(for: "STOPPING=1\nSTATUS")
        #expect(
            socket.received == [
                "READY=1\nSTATUS=one two READY=0", "STATUS=3 people STOPPING=1", "WATCHDOG=1", "STOPPING=1\nSTATUS=stopping",
            ])
    }

    @Test func `given a reload, when told, then the moment is that of the monotonic clock`() throws {
        let socket = try NotifySocket(in: folder, isAbstract: true)
        let before = DispatchTime.now().uptimeNanoseconds / 1000
        Notifier(environment: ["NOTIFY_SOCKET": socket.name]).reloading()
        try socket.wait(for: "RELOADING=1")
        let after = DispatchTime.now().uptimeNanoseconds / 1000
        let lines = socket.received.first?.split(separator: "\n") ?? []
        #expect(lines.count == 3)
        #expect(lines.last == "STATUS=reading the configuration again")
        let moment = try #require(UInt64(lines[1].dropFirst("MONOTONIC_USEC=".count)))
        #expect((before...after).contains(moment))
    }

    @Test(arguments: [[:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "/nowhere/at/all"]] as [[String: String]])
    func `given nobody listens, when the service tells its state, then nothing happens`(_ environment: [String: String]) {
        let notifier = Notifier(environment: environment)
        notifier.ready(status: "x")
        notifier.stopping()
        #expect(notifier.watchdogInterval == nil)
    }

    @Test func `given a path that is too long for a socket, when told, then nothing happens`() {
        Notifier(environment: ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)]).watchdog()
    }

    @Test func `given a watchdog time, when it is for this process, then it is fed three times in it`() {
        let own = String(ProcessInfo.processInfo.processIdentifier)
        let interval = { Notifier(environment: $0).watchdogInterval }
        #expect(interval(["WATCHDOG_USEC": "30000000"]) == .microseconds(10_000_000))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": own]) == .microseconds(10_000_000))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "1"]) == .microseconds(1))
        #expect(interval(["WATCHDOG_USEC": "soon"]) == nil)
    }
}
