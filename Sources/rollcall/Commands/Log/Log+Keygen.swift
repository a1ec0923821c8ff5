import ArgumentParser
import ChangeLog
import Foundation

extension Log {
    struct Keygen: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key that signs the heads of the change log's chain.",
            discussion: """
                Writes the private key, which Rollcall::SigningKey names, for its owner only, and the public key beside it as \
                PATH.pub, which 'rollcall log verify --public-key' takes. Keep a copy of the public key where whoever can write \
                the change log cannot. Both are PEM files that openssl reads. Nothing is overwritten.
                """)

        @Argument(help: "Where the private key is written.") var path: String

        func run() throws {
            let signer = HeadSigner()
            let key = signer.publicKey
            try Self.save(key.pem, to: path + ".pub", mode: 0o644)
            do {
                try Self.save(signer.pem, to: path, mode: 0o600)
            } catch {
                unlink(path + ".pub")
                throw error
            }
            print("Key \(key.id): private in \(TerminalText.safe(path)), public in \(TerminalText.safe(path)).pub.")
        }

        private static func save(_ text: String, to path: String, mode: mode_t) throws {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            guard descriptor >= 0 else {
                throw KeyProblem(path: path, reason: String(cString: strerror(errno)), remedy: "Name another file.")
            }
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
                let reason = String(cString: strerror(errno))
                unlink(path)
                throw KeyProblem(path: path, reason: reason, remedy: "Make room on the disk.")
            }
        }
    }
}
