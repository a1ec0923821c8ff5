import Foundation
import Support

/// A syslog receiver that comes and goes while nobody sends to it: what its TCP has acknowledged it reads.
///
/// A class because it goes through many states. Used by one thread.
final class SoakReceiver {
    let port: Int
    private var receiver: SyslogReceiver?
    /// The numbers of all records that have come; some of them twice, where the sender was killed.
    private var heard: Set<Int> = []

    init() throws {
        port = try FreePort.take()
        try come()
    }

    func come() throws {
        if receiver == nil { receiver = try SyslogReceiver(.tcp, port: port) }
    }

    /// - Parameter delivered: the number of the last record that the sender takes for delivered.
    func go(after delivered: Int) throws {
        guard let receiver else { return }
        try receiver.wait(for: "record \(delivered)") { [heard] messages in
            delivered == 0 || heard.contains(delivered) || messages.contains { Self.sequence($0) == delivered }
        }
        heard.formUnion(receiver.messages.compactMap(Self.sequence))
        self.receiver = nil
    }

    /// What is missing of so many records.
    func flaws(of count: Int) throws -> [String] {
        try go(after: count)
        let missing = Set(1...count).subtracting(heard).sorted()
        let surplus = heard.filter { $0 > count }
        return missing.isEmpty && surplus.isEmpty
            ? [] : ["the syslog receiver lacks \(missing.prefix(5)) of \(count) records, and has \(surplus.prefix(5)) beyond"]
    }

    /// Nil for the head of the chain.
    private static func sequence(_ message: ReceivedSyslog) -> Int? {
        guard let element = message.elements.first, let place = element.names.firstIndex(of: "sequence") else { return nil }
        return Int(element.values[place])
    }
}
