import Foundation
import Synchronization

/// A server on 127.0.0.1 that answers with what it is told, whatever it is asked; ended with the test.
package final class ScriptedServer: Sendable {
    package enum Ending: Sendable {
        /// Keeps the connection and says nothing more.
        case stall
        case hangUp
    }

    package var port: Int { acceptor.port }
    private let acceptor: Acceptor
    private let answers: [[UInt8]]
    private let ending: Ending
    private let heard = Mutex<[UInt8]>([])
    private let open = Mutex<[Int32]>([])

    /// - Parameter answers: one for each time that something arrives on a connection.
    package init(_ answers: [[UInt8]], then ending: Ending) throws {
        self.answers = answers
        self.ending = ending
        acceptor = try Acceptor()
        acceptor.start { [weak self] client in
            guard let self else { return false }
            open.withLock { $0.append(client) }
            Thread.detachNewThread { [weak self] in self?.serve(client) }
            return true
        }
    }

    deinit {
        open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    /// Everything that has arrived.
    package var received: [UInt8] { heard.withLock(\.self) }

    private func serve(_ client: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        for answer in answers {
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { break }
            heard.withLock { $0 += buffer[..<count] }
            _ = send(client, answer, answer.count, Int32(MSG_NOSIGNAL))
        }
        if ending == .hangUp { shutdown(client, Int32(SHUT_RDWR)) }
        while case let count = read(client, &buffer, buffer.count), count > 0 {
            heard.withLock { $0 += buffer[..<count] }
        }
    }
}
