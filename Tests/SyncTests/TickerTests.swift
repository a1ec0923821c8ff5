import Support
import Testing

@testable import Sync

/// When cycles are asked for, and whether the work gets further.
@Suite struct TickerTests {
    /// Lets at least `count` seconds of another ticker pass, so that any second of this one has passed as well.
    private static func ticks(_ count: Int) async {
        let other = Ticker()
        other.start(everySeconds: 1, immediately: false)
        var left = count
        for await _ in other.requests {
            other.end()
            left -= 1
            if left == 0 { break }
        }
        other.finish()
    }

    /// How many requests are left when nothing more comes.
    private static func rest(_ ticker: Ticker) async -> Int {
        ticker.finish()
        var count = 0
        for await _ in ticker.requests { count += 1 }
        return count
    }

    @Test(.timeLimit(.minutes(10)))
    func `given a cycle waits to begin, when ticks come, then it is still one request`() async {
        let ticker = Ticker()
        ticker.start(everySeconds: 1, immediately: true)
        await Self.ticks(3)
        #expect(await Self.rest(ticker) == 1)
    }

    @Test(.timeLimit(.minutes(10)))
    func `given a cycle runs, when ticks come, then they are dropped`() async throws {
        let ticker = Ticker()
        ticker.start(everySeconds: 1, immediately: true)
        var requests = ticker.requests.makeAsyncIterator()
        _ = try await requests.next()
        await Self.ticks(3)
        #expect(await Self.rest(ticker) == 0)
    }

    @Test(.timeLimit(.minutes(10)))
    func `given a cycle has ended, when the next tick comes, then it asks for one more`() async throws {
        let ticker = Ticker()
        ticker.start(everySeconds: 1, immediately: true)
        var requests = ticker.requests.makeAsyncIterator()
        _ = try await requests.next()
        ticker.end()
        #expect(try await requests.next() != nil)
        await Self.ticks(2)
        #expect(await Self.rest(ticker) == 0)
    }

    @Test(.timeLimit(.minutes(10)))
    func `given no immediate start, when an interval has passed, then the first request comes`() async throws {
        let ticker = Ticker()
        ticker.start(everySeconds: 1, immediately: false)
        var requests = ticker.requests.makeAsyncIterator()
        #expect(try await requests.next() != nil)
        ticker.finish()
        #expect(try await requests.next() == nil)
    }

    @Test(.timeLimit(.minutes(10)))
    func `given another interval, when started again, then the old timer is silent`() async {
        let ticker = Ticker()
        ticker.start(everySeconds: 1, immediately: false)
        ticker.start(everySeconds: 100_000, immediately: false)
        await Self.ticks(3)
        #expect(await Self.rest(ticker) == 0)
    }

    // MARK: Heartbeat

    @Test func `given no work, when asked, then all is well whatever the limit`() {
        #expect(Heartbeat(limitSeconds: 0).isAlive)
        #expect(Heartbeat().isAlive)
    }

    @Test func `given work, when it gets no further within the limit, then it is not alive until it does or rests`() {
        let heartbeat = Heartbeat(limitSeconds: 0)
        heartbeat.progress()
        #expect(!heartbeat.isAlive)
        heartbeat.setLimit(seconds: 600)
        #expect(heartbeat.isAlive)
        heartbeat.setLimit(seconds: 0)
        #expect(!heartbeat.isAlive)
        heartbeat.rest()
        #expect(heartbeat.isAlive)
    }
}
