import CLinux
import Foundation

/// A connected socket that never blocks; every wait has a limit.
///
/// A class because it owns a descriptor.
final class OutletSocket {
    let descriptor: Int32
    let outlet: Outlet
    let limits: OutletLimits

    private init(_ descriptor: Int32, _ outlet: Outlet, _ limits: OutletLimits) {
        self.descriptor = descriptor
        self.outlet = outlet
        self.limits = limits
    }

    deinit { close(descriptor) }

    // MARK: Connecting

    /// The first of the host's addresses that can be reached.
    ///
    /// - Parameter kind: `SOCK_STREAM` or `SOCK_DGRAM`.
    static func connect(
        to host: String, port: Int, kind: Int32, outlet: Outlet, limits: OutletLimits
    ) throws(OutletProblem) -> OutletSocket {
        var last = "the name has no address"
        switch AddressLookUp.addresses(of: host, port: port, kind: kind, seconds: limits.connectSeconds) {
        case .failed(let reason): last = reason
        case .found(let addresses):
            for address in addresses {
                let made = socket(address.family, kind | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                guard made >= 0 else {
                    last = words(errno)
                    continue
                }
                let socket = OutletSocket(made, outlet, limits)
                guard let reason = socket.connect(to: address) else {
                    socket.noticeSilence()
                    return socket
                }
                last = reason
            }
        }
        throw outlet.problem(last, unreachableRemedy)
    }

    /// - Returns: what is in the way; nil when it is connected.
    private func connect(to address: AddressLookUp.Address) -> String? {
        let result = address.bytes.withUnsafeBytes { bytes in
            Foundation.connect(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        if result == 0 { return nil }
        guard errno == EINPROGRESS else { return Self.words(errno) }
        guard wait(for: POLLOUT, seconds: limits.connectSeconds) else {
            return "no connection within \(limits.connectSeconds) s"
        }
        let code = takeError()
        return code == 0 ? nil : Self.words(code)
    }

    /// A receiver that has vanished without a word is noticed on a connection that rests, too.
    private func noticeSilence() {
        for (level, option, value) in [
            (SOL_SOCKET, SO_KEEPALIVE, 1), (Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60), (Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10),
            (Int32(IPPROTO_TCP), TCP_KEEPCNT, 3),
        ] as [(Int32, Int32, Int32)] {
            var value = value
            setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    static let unreachableRemedy =
        "Check Host and Port of Rollcall::Syslog, and that the receiver runs and can be reached from here."

    static func words(_ code: Int32) -> String { String(cString: strerror(code)) }

    // MARK: Waiting

    /// - Parameter events: of `poll`.
    /// - Returns: false when nothing has happened in time.
    func wait(for events: Int32, seconds: Int) -> Bool { poll(events, milliseconds: seconds * 1000) != 0 }

    /// Waits, but no longer than until the connection is lost.
    func pause(milliseconds: Int) { _ = poll(0, milliseconds: milliseconds) }

    /// - Returns: what has happened, as `poll` says it; 0 for nothing in time.
    private func poll(_ events: Int32, milliseconds: Int) -> Int32 {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        var wait = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            let rest = max(.zero, deadline - .now)
            let (seconds, attoseconds) = rest.components
            let left = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
            if Foundation.poll(&wait, 1, Int32(clamping: left)) >= 0 { return Int32(wait.revents) }
            guard errno == EINTR else { return POLLERR }
        }
    }

    // MARK: State

    /// Something can be read, be it the end.
    var hasIncoming: Bool { poll(POLLIN, milliseconds: 0) & POLLIN != 0 }

    /// The receiver has ended the connection, or it is lost.
    var hasEnded: Bool {
        let ending = Int32(rollcall_poll_peer_ended)
        return poll(ending, milliseconds: 0) & (ending | POLLHUP | POLLERR) != 0
    }

    /// - Throws: when the connection is lost.
    func check() throws(OutletProblem) {
        guard poll(0, milliseconds: 0) & (POLLHUP | POLLERR) != 0 else { return }
        let code = takeError()
        throw lost(code == 0 ? ECONNRESET : code)
    }

    /// The error that the kernel has noted, a code of `errno`; 0 for none.
    private func takeError() -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }

    /// Bytes that the receiver's TCP has not acknowledged (tcp(7), SIOCOUTQ).
    func unacknowledged() throws(OutletProblem) -> Int {
        var count: Int32 = 0
        guard ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 else { throw lost(errno) }
        return Int(count)
    }

    // MARK: Sending

    /// One call of `send(2)`, repeated until it takes something.
    ///
    /// - Returns: how many bytes were taken.
    func send(_ bytes: ArraySlice<UInt8>) throws(OutletProblem) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: try waitToSend()
            default: throw lost(errno)
            }
        }
    }

    func waitToSend() throws(OutletProblem) {
        if !wait(for: POLLOUT, seconds: limits.writeSeconds) { throw stalled }
    }

    var stalled: OutletProblem {
        outlet.problem("the receiver has taken nothing for \(limits.writeSeconds) s", "Check the receiver, and its disk.")
    }

    /// - Parameter code: of `errno`.
    func lost(_ code: Int32) -> OutletProblem {
        let what = code == ECONNREFUSED ? "nobody listens there" : "the connection is lost"
        return outlet.problem("\(what): \(Self.words(code))", Self.unreachableRemedy)
    }
}
