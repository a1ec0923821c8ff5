import Foundation
import Synchronization

/// The service manager's end of the notification protocol (sd_notify(3)).
package final class NotifySocket: Sendable {
    /// For `NOTIFY_SOCKET`.
    package let name: String
    private let descriptor: Int32
    private let messages = Mutex<[String]>([])
    private let arrived = Signal()

    /// - Parameter isAbstract: an abstract socket, named with a leading `@`.
    package init(in folder: TestFolder, isAbstract: Bool) throws {
        name = isAbstract ? "@rollcall-test-\(UUID().uuidString)" : folder["notify"]
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        if isAbstract { address.sun_path.0 = 0 }
        let length = socklen_t(2 + bytes.count)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0 else { throw TestFailure("notify socket: \(String(cString: strerror(errno)))") }
        Thread.detachNewThread { [weak self, descriptor] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0, let self else { return }
                let message = String(decoding: buffer[..<count], as: UTF8.self)
                self.messages.withLock { $0.append(message) }
                self.arrived.raise()
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// All messages so far.
    package var received: [String] { messages.withLock { $0 } }

    /// Waits for a message that has `text`, `count` times.
    package func wait(for text: String, count: Int = 1, seconds: Int = 60) throws {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while received.count(where: { $0.contains(text) }) < count {
            guard arrived.wait(until: deadline) else {
                throw TestFailure("waited \(seconds) s for '\(text)'; received: \(received)")
            }
        }
    }
}
