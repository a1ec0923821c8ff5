import Foundation

/// A datagram with nothing in it but a file descriptor (unix(7), SCM_RIGHTS).
enum DescriptorMessage {
    /// `cmsghdr` and a descriptor, as `CMSG_LEN` and `CMSG_SPACE` measure them: the length is a `size_t`, level and type follow,
    /// and the whole is a multiple of that size.
    private static let headerCount = MemoryLayout<cmsghdr>.size
    private static let space = headerCount + MemoryLayout<Int>.size

    /// - Returns: what `sendmsg` does.
    static func send(
        _ descriptor: Int32, over socket: Int32, to address: UnsafePointer<sockaddr>, _ length: socklen_t
    ) -> Int {
        withUnsafeTemporaryAllocation(byteCount: space, alignment: MemoryLayout<cmsghdr>.alignment) { control in
            control.initializeMemory(as: UInt8.self, repeating: 0)
            var header = cmsghdr()
            header.cmsg_len = headerCount + MemoryLayout<Int32>.size
            header.cmsg_level = SOL_SOCKET
            header.cmsg_type = Int32(SCM_RIGHTS)
            control.storeBytes(of: header, as: cmsghdr.self)
            control.storeBytes(of: descriptor, toByteOffset: headerCount, as: Int32.self)
            var message = msghdr()
            message.msg_name = UnsafeMutableRawPointer(mutating: address)
            message.msg_namelen = length
            message.msg_control = control.baseAddress
            message.msg_controllen = control.count
            return sendmsg(socket, &message, Int32(MSG_NOSIGNAL))
        }
    }
}
