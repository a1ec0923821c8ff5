import Crypto
import Model

/// What stands for the values of one field of one person where the change log tells digests: SHA-256 of the field's salt, as 64
/// hexadecimal digits, and the value after it. The salt of a field is HMAC-SHA256 (RFC 2104) of its name under the person's
/// salt: whoever is given it can check the values of that field, and of no other.
package struct Commitment {
    /// 64 hexadecimal digits.
    package let salt: String

    /// - Parameter field: its name in `rollcall.changes`; `login` also for `user.hash`.
    package init(_ salt: PersonSalt, to field: String) {
        let key = SymmetricKey(data: salt.bytes)
        let code = HMAC<SHA256>.authenticationCode(for: Array(field.utf8), using: key)
        self.salt = code.withUnsafeBytes { "\(ChainHash($0))" }
    }

    /// 64 hexadecimal digits.
    package func digest(of value: String) -> String {
        let bytes = Array(salt.utf8) + Array(value.utf8)
        return bytes.withUnsafeBytes { "\(HashChain.hash(of: $0))" }
    }
}
