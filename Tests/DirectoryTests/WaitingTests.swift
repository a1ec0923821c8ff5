import Dispatch
import Foundation
import Model
import Support
import Synchronization
import Testing

@testable import Directory

/// What waits, and what wakes it.
@Suite struct WaitingTests {
    // MARK: Stop signal

    @Test func `given somebody waits, when the signal is raised, then they are woken once`() {
        let stop = StopSignal()
        let count = Mutex(0)
        _ = stop.whenRaised { count.withLock { $0 += 1 } }
        let forgotten = stop.whenRaised { count.withLock { $0 += 100 } }
        stop.forget(forgotten)
        #expect(!stop.isRaised)
        stop.raise()
        stop.raise()
        #expect(stop.isRaised)
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `given the signal was raised, when somebody begins to wait, then they are woken at once`() {
        let stop = StopSignal()
        stop.raise()
        let count = Mutex(0)
        let token = stop.whenRaised { count.withLock { $0 += 1 } }
        #expect(count.withLock { $0 } == 1)
        stop.forget(token)
    }

    @Test func `given a woken one asks again, when raised, then nothing waits for itself`() {
        let stop = StopSignal()
        let count = Mutex(0)
        _ = stop.whenRaised { _ = stop.whenRaised { count.withLock { $0 += 1 } } }
        stop.raise()
        #expect(count.withLock { $0 } == 1)
    }

    // MARK: Watchdog

    private final class Pair: Sendable {
        let near: Int32
        let far: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw TestFailure("no sockets") }
            (near, far) = (ends[0], ends[1])
        }

        deinit {
            close(near)
            close(far)
        }

        /// Waits for a byte: 0 at the end of the stream.
        func read() -> Int {
            var byte: UInt8 = 0
            return recv(near, &byte, 1, 0)
        }

        func answer() { _ = send(far, [1], 1, Int32(MSG_NOSIGNAL)) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `given no answer comes, when the limit is over, then a blocked read wakes and the verdict is timed out`() throws {
        let pair = try Pair()
        let watchdog = Watchdog(descriptor: pair.near, seconds: 1)
        watchdog.expectAnswer()
        #expect(pair.read() == 0)
        #expect(watchdog.verdict == .timedOut)
        watchdog.stop()
        #expect(watchdog.verdict == .timedOut)
    }

    @Test(.timeLimit(.minutes(1)))
    func `given a blocked read, when stopped, then it wakes and the verdict is stopped`() throws {
        let pair = try Pair()
        let watchdog = Watchdog(descriptor: pair.near, seconds: 1000)
        watchdog.expectAnswer()
        let isReading = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            isReading.wait()
            watchdog.stop()
        }
        isReading.signal()
        #expect(pair.read() == 0)
        #expect(watchdog.verdict == .stopped)
    }

    @Test(.timeLimit(.minutes(1)))
    func `given nothing is waited for, when another's limit is over, then the connection lives`() throws {
        let resting = try Pair()
        let released = try Pair()
        let late = try Pair()
        let watchdogs = [resting, released, late].map { Watchdog(descriptor: $0.near, seconds: 1) }
        watchdogs[0].expectAnswer()
        watchdogs[0].rest()
        watchdogs[1].expectAnswer()
        watchdogs[1].release()
        watchdogs[1].stop()
        watchdogs[2].expectAnswer()
        #expect(late.read() == 0)
        #expect(watchdogs.map(\.verdict) == [nil, nil, .timedOut])
        for pair in [resting, released] {
            pair.answer()
            #expect(pair.read() == 1)
        }
    }

    // MARK: Ring of pages

    private static func page() throws -> MappedPage {
        let backEnd = BackEnd(
            slot: try #require(Slot(0)), name: "", connection: ConnectionSettings(servers: []),
            search: SearchSettings(baseDN: "", scope: .sub), mapping: Mapping(keyAttribute: "uid", rows: []))
        return MappedPage(mapping: EntryMapping(backEnd, knownGroups: []), surroundings: Surroundings())
    }

    private static let server = Server.tcp(host: "h", port: 389, tls: false)

    @Test(.timeLimit(.minutes(1)))
    func `given all pages are filled, when the merger gives up, then the blocked reader is released`() throws {
        let ring = PageRing([try Self.page(), try Self.page()])
        let isFull = DispatchSemaphore(value: 0)
        let gotPage = Mutex<[Bool]>([])
        Thread.detachNewThread {
            for _ in 0..<2 {
                guard let page = ring.takeEmpty() else { continue }
                ring.putFilled(page)
            }
            isFull.signal()
            let third = ring.takeEmpty()
            gotPage.withLock { $0.append(third != nil) }
            ring.finish(.failure(.stopped(Self.server)))
        }
        isFull.wait()
        let isCancelled = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            ring.cancel()
            isCancelled.signal()
        }
        try #require(isCancelled.wait(timeout: .now() + 30) == .success)
        #expect(gotPage.withLock { $0 } == [false])
        #expect(throws: DirectoryProblem.stopped(Self.server)) { try ring.end?.get() }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [Coverage.complete, .partial(reason: "size limit")], [1, 2, 3])
    func `given more pages than the ring has, when read, then all come and then the end`(
        _ coverage: Coverage, limit: Int
    ) throws {
        let ring = PageRing([try Self.page(), try Self.page(), try Self.page()])
        Thread.detachNewThread {
            for _ in 0..<50 {
                guard let page = ring.takeEmpty() else { return }
                ring.putFilled(page)
            }
            ring.finish(.success(.ended(coverage, cookie: nil)))
        }
        var count = 0
        while true {
            let pages = ring.takeFilled(atMost: limit)
            #expect(pages.count <= limit)
            if pages.isEmpty { break }
            count += pages.count
            for page in pages { ring.putEmpty(page) }
        }
        #expect(count == 50)
        #expect(try ring.end?.get() == .ended(coverage, cookie: nil))
    }
}
