import CLDAP
import Model

extension Connection {
    /// Says who Rollcall is.
    func bind(_ credentials: Credentials) throws(DirectoryProblem) {
        guard case .simple(let name, let password) = credentials else { return }
        let number = try request("bind as '\(name)'") { handle, number in
            let bytes = Array(password.value.utf8)
            return bytes.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    var value = berval(
                        bv_len: ber_len_t(characters.count), bv_val: UnsafeMutablePointer(mutating: characters.baseAddress))
                    return ldap_sasl_bind(handle, name, nil, &value, nil, nil, &number)
                }
            }
        }
        let end = try receive(number, "bind as '\(name)'") { handle, message in self.parseResult(handle, message) }
        guard end.code == LDAP_SUCCESS else {
            throw .result(end.code, diagnostic: end.diagnostic, server: server, step: "bind as '\(name)'")
        }
    }
}
