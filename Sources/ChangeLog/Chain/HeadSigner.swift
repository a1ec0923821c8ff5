import Crypto
import Foundation
import Model

/// Why a key cannot be used or made: which file, why, and what to do.
package struct KeyProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package var path: String
    package var reason: String
    package var remedy: String

    package init(path: String, reason: String, remedy: String) {
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String { "key \(path): \(reason). \(remedy)" }
}

/// The private key that signs heads of the chain: Ed25519, in the PEM form that openssl reads and writes (RFC 8410).
package struct HeadSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A new one.
    package init() { key = Curve25519.Signing.PrivateKey() }

    /// Reads a key that nobody else may read.
    package init(path: String) throws(KeyProblem) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & 0o007 != 0 {
            throw KeyProblem(
                path: path, reason: "everybody on this machine may use it",
                remedy: "Take that right away (chmod 600), or make a new one with 'rollcall log keygen'.")
        }
        let bytes = try KeyForm.secret.bytes(path)
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        } catch {
            throw KeyForm.secret.unusable(path)
        }
    }

    /// The whole file.
    package var pem: String { KeyForm.secret.pem(key.rawRepresentation) }

    /// Signs `rollcall-head-1:` and the hash's 64 digits.
    package func sign(_ hash: ChainHash) throws -> HeadSignature {
        let value = try key.signature(for: HeadKey.message(hash))
        return HeadSignature(key: publicKey.id, value: value.base64EncodedString())
    }

    package var publicKey: HeadKey { HeadKey(key.publicKey) }
}

/// The public key that proves a signed head.
package struct HeadKey: Sendable {
    private let key: Curve25519.Signing.PublicKey

    init(_ key: Curve25519.Signing.PublicKey) { self.key = key }

    /// The first 16 hexadecimal digits of the SHA-256 of its 32 bytes.
    package var id: String {
        String("\(SHA256.hash(data: key.rawRepresentation).withUnsafeBytes { ChainHash($0) })".prefix(16))
    }

    package init(path: String) throws(KeyProblem) {
        let bytes = try KeyForm.open.bytes(path)
        do {
            key = try Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        } catch {
            throw KeyForm.open.unusable(path)
        }
    }

    /// The whole file.
    package var pem: String { KeyForm.open.pem(key.rawRepresentation) }

    func proves(_ signature: HeadSignature, _ hash: ChainHash) -> Bool {
        guard signature.key == id, let value = Data(base64Encoded: signature.value) else { return false }
        return key.isValidSignature(value, for: Self.message(hash))
    }

    static func message(_ hash: ChainHash) -> Data { Data("rollcall-head-1:\(hash)".utf8) }
}

/// PEM (RFC 7468) around the DER of an Ed25519 key, whose beginning is always the same (RFC 8410 sections 7 and 4).
private struct KeyForm {
    let label: String
    let beginning: [UInt8]
    let remedy: String

    static let secret = KeyForm(
        label: "PRIVATE KEY",
        beginning: [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
        remedy: "Make one with 'rollcall log keygen'.")
    static let open = KeyForm(
        label: "PUBLIC KEY", beginning: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00],
        remedy: "Name the file that 'rollcall log keygen' has made beside the private key.")

    func pem(_ bytes: Data) -> String {
        "-----BEGIN \(label)-----\n\((Data(beginning) + bytes).base64EncodedString())\n-----END \(label)-----\n"
    }

    func unusable(_ path: String) -> KeyProblem {
        KeyProblem(path: path, reason: "it is no Ed25519 \(label.lowercased()) in PEM", remedy: remedy)
    }

    /// The 32 bytes of the key itself.
    func bytes(_ path: String) throws(KeyProblem) -> Data {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            let reason = access(path, R_OK) == 0 ? "it is no text" : String(cString: strerror(errno))
            throw KeyProblem(path: path, reason: reason, remedy: remedy)
        }
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard lines.first == "-----BEGIN \(label)-----", lines.last == "-----END \(label)-----",
            let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()), der.starts(with: beginning),
            der.count == beginning.count + 32
        else { throw unusable(path) }
        return der.dropFirst(beginning.count)
    }
}
