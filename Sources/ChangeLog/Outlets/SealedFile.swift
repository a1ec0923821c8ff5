import CLinux
import Foundation

/// A file in memory without a name, whose content is final (memfd_create(2), F_ADD_SEALS of fcntl(2)).
///
/// A class because it owns a file descriptor.
final class SealedFile {
    /// A code of `errno`.
    struct Failure: Error {
        let code: Int32
    }

    let descriptor: Int32

    init(_ bytes: [UInt8]) throws(Failure) {
        descriptor = memfd_create("rollcall-record", UInt32(rollcall_memfd_flags))
        guard descriptor >= 0 else { throw Failure(code: errno) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(code: errno) }
            written += count
        }
        guard fcntl(descriptor, Int32(rollcall_add_seals), Int32(rollcall_all_seals)) == 0 else { throw Failure(code: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
