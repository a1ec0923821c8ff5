import Foundation
import Model
import Synchronization

/// Sends records to a syslog receiver (RFC 5424) over UDP, TCP or TLS.
///
/// Over TCP and TLS they are delivered when the receiver's TCP has acknowledged them; syslog itself has no acknowledgement.
/// A class because it owns a connection, which several calls share: they wait for each other.
package final class SyslogSender: RecordSender {
    private let target: SyslogTarget
    private let outlet: Outlet
    private let limits: OutletLimits
    private let form: SyslogForm
    private let connection = Mutex<(any SyslogConnection)?>(nil)

    /// Connects only when there is something to send.
    package init(to target: SyslogTarget, limits: OutletLimits = OutletLimits()) {
        self.target = target
        self.limits = limits
        outlet = Outlet(name: "syslog", place: "\(target)")
        form = SyslogForm(facility: target.facility)
    }

    package func send(_ lines: [[UInt8]]) throws(OutletProblem) {
        guard !lines.isEmpty else { return }
        var messages: [[UInt8]] = []
        messages.reserveCapacity(lines.count)
        for line in lines { messages.append(try message(line)) }
        try deliver(messages)
    }

    package func announce(head sequence: Int64, hash: String) throws(OutletProblem) {
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        try deliver([form.message(head: ChainHead(sequence: sequence, hash: hash), at: now)])
    }

    private func message(_ line: [UInt8]) throws(OutletProblem) -> [UInt8] {
        let record = try outlet.record(line)
        let message = form.message(record, line: line)
        guard target.transport == .udp, message.count > SyslogForm.datagramLimit else { return message }
        return form.shortMessage(record, line: line)
    }

    // MARK: The connection

    private func deliver(_ messages: [[UInt8]]) throws(OutletProblem) {
        try connection.withLock { connection throws(OutletProblem) in
            if connection?.isOpen == false { connection = nil }
            let open = if let connection { connection } else { try connect() }
            connection = nil
            try open.deliver(messages)
            connection = open
        }
    }

    private func connect() throws(OutletProblem) -> any SyslogConnection {
        let kind = target.transport == .udp ? SOCK_DGRAM : SOCK_STREAM
        let socket = try OutletSocket.connect(
            to: target.host, port: target.port, kind: Int32(kind.rawValue), outlet: outlet, limits: limits)
        return switch target.transport {
        case .udp: DatagramConnection(socket)
        case .tcp: StreamConnection(PlainStream(socket))
        case .tls: StreamConnection(try TLSStream.open(over: socket, to: target))
        }
    }
}
