import Dispatch
import Foundation
import Support
import Synchronization
import Testing

/// The ports of the tests' own servers.
@Suite struct FreePortTests {
    /// Prints on which of the ports another process could get hold of.
    private static let others = """
        import fcntl, sys
        for port in map(int, sys.argv[2:]):
            try:
                fcntl.lockf(open(sys.argv[1], "r+"), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
                print(port)
            except OSError:
                pass
        """

    @Test func `given many who want ports at once, when they take them, then nobody else gets the same`() throws {
        let taken = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<25 { if let port = try? FreePort.take() { taken.withLock { $0.append(port) } } }
        }
        let ports = taken.withLock(\.self)
        #expect(Set(ports).count == 200)
        #expect(ports.allSatisfy(FreePort.range.contains))
        let numbers = ports.map(String.init)
        #expect(try succeed("/usr/bin/python3", ["-c", Self.others, FreePort.lockFile] + numbers) == "")
    }

    @Test func `given ports that the kernel gives to clients, when ports are taken, then they are others`() throws {
        let text = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let bounds = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        #expect(bounds.count == 2)
        let port = try FreePort.take()
        #expect(!(bounds[0]...bounds[1]).contains(port))
    }

    @Test func `given a process has a copy of what looked for a port, when a server listens there, then it can`() throws {
        let port = try FreePort.take()
        let copy = try #require(FreePort.probe(port))
        defer { close(copy) }
        let listener = try Loopback.listen(port)
        defer { close(listener) }
        // Who listens is in the way of others.
        #expect(FreePort.probe(port) == nil)
    }
}
