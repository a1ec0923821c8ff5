import Dispatch
import Foundation
import Synchronization

/// Turns a host name into addresses, with a limit on the wait: `getaddrinfo` has none of its own.
enum AddressLookUp {
    /// A socket address as the system made it.
    struct Address: Sendable {
        let family: Int32
        let bytes: [UInt8]
    }

    /// The addresses, or in words why there are none.
    enum Answer: Sendable {
        case found([Address])
        case failed(String)
    }

    /// The answer, handed from the thread that asks to the one that waits.
    private final class Mailbox: Sendable {
        let answer = Mutex<Answer?>(nil)
    }

    /// Asks on another thread, which is left behind when it takes too long.
    ///
    /// - Parameter kind: `SOCK_STREAM` or `SOCK_DGRAM`.
    static func addresses(of host: String, port: Int, kind: Int32, seconds: Int) -> Answer {
        let mailbox = Mailbox()
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let answer = ask(host, port, kind)
            mailbox.answer.withLock { $0 = answer }
            done.signal()
        }
        _ = done.wait(timeout: .now() + .seconds(seconds))
        return mailbox.answer.withLock { $0 } ?? .failed("its name was looked up for \(seconds) s without an answer")
    }

    private static func ask(_ host: String, _ port: Int, _ kind: Int32) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = kind
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failed(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { item -> Address? in
            guard let item = item?.pointee, let address = item.ai_addr else { return nil }
            return Address(
                family: item.ai_family,
                bytes: Array(UnsafeRawBufferPointer(start: address, count: Int(item.ai_addrlen))))
        }
        return .found(addresses)
    }
}
