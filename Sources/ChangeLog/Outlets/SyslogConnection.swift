import Foundation

/// An open way to a syslog receiver.
protocol SyslogConnection: AnyObject {
    /// The receiver has not ended it, as far as can be known without sending.
    var isOpen: Bool { get }

    /// - Throws: when it is not certain that all `messages` have arrived. The connection is not to be used again then.
    func deliver(_ messages: [[UInt8]]) throws(OutletProblem)
}

/// Syslog over UDP (RFC 5426): one message a datagram, and no word of its arrival. Only where nobody listens at all may the
/// other machine say so.
final class DatagramConnection: SyslogConnection {
    private let socket: OutletSocket

    init(_ socket: OutletSocket) { self.socket = socket }

    var isOpen: Bool { !socket.hasEnded }

    func deliver(_ messages: [[UInt8]]) throws(OutletProblem) {
        for message in messages { _ = try socket.send(message[...]) }
        try socket.check()
    }
}

/// Syslog over a stream, in which each message is preceded by its length (RFC 6587 section 3.4.1, RFC 5425 section 4.3).
final class StreamConnection: SyslogConnection {
    private let socket: OutletSocket
    private let stream: any OutletStream

    init(_ stream: any OutletStream) {
        socket = stream.socket
        self.stream = stream
    }

    var isOpen: Bool {
        if socket.hasEnded { return false }
        guard socket.hasIncoming else { return true }
        return (try? stream.takeIncoming()) ?? false
    }

    func deliver(_ messages: [[UInt8]]) throws(OutletProblem) {
        var frames: [UInt8] = []
        frames.reserveCapacity(messages.reduce(0) { $0 + $1.count + 8 })
        for message in messages {
            frames.append(contentsOf: "\(message.count) ".utf8)
            frames.append(contentsOf: message)
        }
        try stream.write(frames)
        try awaitAcknowledgement()
        guard socket.hasIncoming else { return }
        _ = try stream.takeIncoming()
    }

    /// What is still in the kernel's queue would be lost with the connection.
    private func awaitAcknowledgement() throws(OutletProblem) {
        let limit = Duration.seconds(socket.limits.writeSeconds)
        var (least, deadline, pause) = (Int.max, ContinuousClock.now + limit, 1)
        while true {
            let rest = try socket.unacknowledged()
            // After the count, so that a connection lost before it is noticed.
            try socket.check()
            if rest == 0 { return }
            if rest < least { (least, deadline) = (rest, .now + limit) }
            if .now >= deadline { throw socket.stalled }
            socket.pause(milliseconds: pause)
            pause = min(pause * 2, 100)
        }
    }
}
