import Foundation
import Synchronization

/// systemd-journald's end of its native protocol; ended with the test.
package final class JournalSocket: Sendable {
    /// An entry: fields in their order, taken apart as strictly as systemd.io, "Native Journal Protocol", has it.
    package struct Entry: Sendable {
        package let names: [String]
        package let values: [[UInt8]]
        /// It came as a file, with these seals (F_GET_SEALS of fcntl(2)); nil for a datagram.
        package let seals: Int32?

        package subscript(name: String) -> String? {
            names.firstIndex(of: name).map { String(decoding: values[$0], as: UTF8.self) }
        }
    }

    package let path: String
    private let folder: TestFolder
    private let reads: Bool
    private let descriptor: Int32
    private let entries = Mutex<(read: [Entry], flaws: [String])>(([], []))
    private let arrived = Signal()

    /// - Parameter reads: false lets everything lie that arrives.
    package init(in folder: TestFolder, reads: Bool = true) throws {
        self.folder = folder
        self.reads = reads
        path = folder["journal"]
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let bound = Self.withAddress(path) { [descriptor] in bind(descriptor, $0, $1) }
        guard bound == 0 else { throw TestFailure("journal socket: \(String(cString: strerror(errno)))") }
        // Closed by the one who reads: after that its number may be another test's.
        guard reads else { return }
        Thread.detachNewThread { [weak self, descriptor] in
            while let datagram = Self.receive(descriptor), let self { self.add(datagram) }
            close(descriptor)
        }
    }

    deinit { if reads { wake() } else { close(descriptor) } }

    /// Sends an empty datagram, which ends the reading.
    private func wake() {
        let sender = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        _ = Self.withAddress(path) { sendto(sender, nil, 0, Int32(MSG_NOSIGNAL), $0, $1) }
        close(sender)
    }

    private static func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Waits for so many entries in all.
    ///
    /// - Throws: also when something came that is no entry.
    package func wait(for count: Int, seconds: Int = 60) throws -> [Entry] {
        let deadline = DispatchTime.now() + .seconds(seconds)
        while true {
            let (read, flaws) = entries.withLock(\.self)
            guard flaws.isEmpty else { throw TestFailure("received: \(flaws)") }
            if read.count >= count { return read }
            guard arrived.wait(until: deadline) else { throw TestFailure("waited \(seconds) s, \(read.count) entries came") }
        }
    }

    // MARK: Datagrams

    private struct Datagram {
        let bytes: [UInt8]
        let seals: Int32?
    }

    private func add(_ datagram: Datagram) {
        let entry = Result { try Entry(datagram.bytes, seals: datagram.seals) }
        entries.withLock { entries in
            switch entry {
            case .success(let entry): entries.read.append(entry)
            case .failure(let error): entries.flaws.append("\(error)")
            }
        }
        arrived.raise()
    }

    /// The next one, or the file that comes in its place; nil when the socket has ended.
    private static func receive(_ descriptor: Int32) -> Datagram? {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = MemoryLayout<cmsghdr>.size
        var control = [UInt8](repeating: 0, count: count + MemoryLayout<Int>.size)
        var message = msghdr()
        let received = bytes.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    message.msg_iov = part
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    return recvmsg(descriptor, &message, Int32(MSG_CMSG_CLOEXEC))
                }
            }
        }
        if message.msg_controllen > count, received == 0 {
            return file(control.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: count, as: Int32.self) })
        }
        return received > 0 ? Datagram(bytes: Array(bytes[..<received]), seals: nil) : nil
    }

    private static func file(_ descriptor: Int32) -> Datagram {
        defer { close(descriptor) }
        let length = Int(lseek(descriptor, 0, Int32(SEEK_END)))
        var bytes = [UInt8](repeating: 0, count: length)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        // F_GET_SEALS.
        return Datagram(bytes: Array(bytes.prefix(max(0, count))), seals: fcntl(descriptor, 1034))
    }
}

extension JournalSocket.Entry {
    fileprivate init(_ bytes: [UInt8], seals: Int32?) throws {
        var (names, values, place): ([String], [[UInt8]], Int) = ([], [], 0)
        while place < bytes.count {
            guard let end = bytes[place...].firstIndex(where: { $0 == 0x3D || $0 == 0x0A }) else {
                throw TestFailure("a field without a value")
            }
            let name = String(decoding: bytes[place..<end], as: UTF8.self)
            guard name.wholeMatch(of: #/[A-Z][A-Z0-9_]{0,63}/#) != nil else { throw TestFailure("'\(name)' names no field") }
            let value = bytes[end] == 0x3D ? try Self.text(bytes[(end + 1)...]) : try Self.counted(bytes[(end + 1)...])
            guard value.endIndex < bytes.count, bytes[value.endIndex] == 0x0A else { throw TestFailure("\(name) has no end") }
            names.append(name)
            values.append(Array(value))
            place = value.endIndex + 1
        }
        (self.names, self.values, self.seals) = (names, values, seals)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws -> ArraySlice<UInt8> { bytes.prefix { $0 != 0x0A } }

    /// After its length, 64 bits with the lowest byte first.
    private static func counted(_ bytes: ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard bytes.count > 8, length <= bytes.count - 8 else { throw TestFailure("a length of \(length)") }
        return bytes.dropFirst(8).prefix(Int(length))
    }
}
