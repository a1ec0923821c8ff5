import Foundation

/// Sends records to the systemd journal of this machine, with their parts as fields.
///
/// A datagram that the kernel has taken is in the journal's queue, and stays there while systemd-journald restarts. A class
/// because it owns a socket.
package final class JournalSender: RecordSender {
    /// Where systemd-journald listens.
    package static let usualPath = "/run/systemd/journal/socket"

    private let outlet: Outlet
    private let address: sockaddr_un
    private let descriptor: Int32

    /// Whether there is a journal.
    package static func isThere(at path: String = usualPath) -> Bool { access(path, W_OK) == 0 }

    /// Sends nothing yet: the journal need not be there.
    ///
    /// - Throws: when no socket can be had, or `path` is too long for one.
    package init(path: String = usualPath, limits: OutletLimits = OutletLimits()) throws(OutletProblem) {
        outlet = Outlet(name: "journal", place: path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw outlet.problem("the path is longer than \(capacity - 1) bytes", "Name a shorter one.")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw outlet.problem(errno, Self.usualRemedy) }
        var limit = timeval(tv_sec: limits.writeSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package func send(_ lines: [[UInt8]]) throws(OutletProblem) {
        for line in lines { try send(JournalEntry(try outlet.record(line), line: line)) }
    }

    package func announce(head sequence: Int64, hash: String) throws(OutletProblem) {
        try send(JournalEntry(head: ChainHead(sequence: sequence, hash: hash)))
    }

    // MARK: Datagrams

    private func send(_ entry: JournalEntry) throws(OutletProblem) {
        let code = sendDatagram { address, length in
            sendto(descriptor, entry.bytes, entry.bytes.count, Int32(MSG_NOSIGNAL), address, length)
        }
        switch code {
        case 0: return
        case EMSGSIZE, ENOBUFS: try sendAsFile(entry)
        default: throw problem(code)
        }
    }

    /// What is too large for a datagram is handed over as a file that nobody can alter any more.
    private func sendAsFile(_ entry: JournalEntry) throws(OutletProblem) {
        let file: SealedFile
        do {
            file = try SealedFile(entry.bytes)
        } catch {
            throw outlet.problem(error.code, "Give the service more memory.")
        }
        let code = sendDatagram { DescriptorMessage.send(file.descriptor, over: descriptor, to: $0, $1) }
        if code != 0 { throw problem(code) }
    }

    /// - Returns: 0, or a code of `errno`.
    private func sendDatagram(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                while body(address, socklen_t(MemoryLayout<sockaddr_un>.size)) < 0 {
                    if errno != EINTR { return errno }
                }
                return 0
            }
        }
    }

    private static let usualRemedy = "Check systemd-journald, and the system's log."

    private func problem(_ code: Int32) -> OutletProblem {
        switch code {
        case ENOENT, ECONNREFUSED:
            outlet.problem(
                "no journal listens there: \(String(cString: strerror(code)))",
                "Start systemd-journald, or write Rollcall::Journal => 0.")
        case EACCES, EPERM: outlet.problem(code, "Let the service user write to the socket.")
        case EAGAIN: outlet.problem("the journal takes nothing more", Self.usualRemedy)
        default: outlet.problem(code, Self.usualRemedy)
        }
    }
}
