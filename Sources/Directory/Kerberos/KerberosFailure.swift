import CGSSAPI
import Foundation
import Model

/// Why Kerberos gave no ticket.
struct KerberosFailure: Error {
    /// One of MIT Kerberos's codes, or of the system's.
    let code: Int
    /// In the library's words.
    let words: String

    init(code: Int, words: String) {
        self.code = code
        self.words = words
    }

    init(_ minor: OM_uint32) {
        var buffer = gss_buffer_desc()
        _ = rollcall_gss_words(minor, &buffer)
        let bytes = UnsafeRawBufferPointer(start: buffer.value, count: buffer.length)
        self.init(code: Int(Int32(bitPattern: minor)), words: String(decoding: bytes, as: UTF8.self))
        var ignored: OM_uint32 = 0
        gss_release_buffer(&ignored, &buffer)
    }

    static let step = "getting a Kerberos ticket"

    func problem(_ account: KerberosAccount, host: String, _ server: Server) -> DirectoryProblem {
        let (kind, remedy) = meaning(account, host)
        return DirectoryProblem(
            kind: kind, server: server.description, step: Self.step, reason: reason(account), remedy: remedy)
    }

    /// The library's words, but where they do not tell.
    private func reason(_ account: KerberosAccount) -> String {
        if Self.noKey.contains(code) { return "the keytab \(account.keytab) has no key of \(account.principal)" }
        let words = DirectoryProblem.printable(words)
        return words.hasSuffix(".") ? String(words.dropLast()) : words
    }

    /// A client keytab without the principal is passed over, and then there is nothing.
    private static let noKey = [Int(KRB5_KT_NOTFOUND), Int(KRB5_CC_NOTFOUND), Int(KRB5_FCC_NOFILE)]

    /// What to do. Only what another server would answer otherwise is worth another server's try.
    private func meaning(_ account: KerberosAccount, _ host: String) -> (DirectoryProblem.Kind, String) {
        switch code {
        case _ where Self.noKey.contains(code):
            (.credentials, "'klist -kt \(account.keytab)' shows whose it has: correct SASL.principal, or make the keytab anew.")
        case Int(KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN): (.credentials, "Correct SASL.principal, or create the account.")
        case Int(KRB5KDC_ERR_PREAUTH_FAILED), Int(KRB5KRB_AP_ERR_BAD_INTEGRITY):
            (.credentials, "The key in \(account.keytab) is not the account's any more: make the keytab anew.")
        case Int(KRB5KDC_ERR_CLIENT_REVOKED), Int(KRB5KDC_ERR_NAME_EXP), Int(KRB5KDC_ERR_KEY_EXP):
            (.credentials, "Unlock or renew the account \(account.principal).")
        case Int(KRB5KRB_AP_ERR_SKEW), Int(KRB5KRB_AP_ERR_TKT_NYV), Int(KRB5KDC_ERR_NEVER_VALID):
            (.credentials, "Let this machine and the Kerberos server keep the same time, such as with chrony.")
        case Int(KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN):
            (
                .refused,
                "Kerberos knows no ldap/\(host): write the name in Host by which the server has its principal, or give it one."
            )
        case Int(KRB5_KDC_UNREACH), Int(KRB5_REALM_UNKNOWN), Int(KRB5_REALM_CANT_RESOLVE):
            (.unreachable, "Check the realm's Kerberos servers in /etc/krb5.conf or in DNS, and port 88 from here.")
        case Int(KRB5_CONFIG_CANTOPEN), Int(KRB5_CONFIG_BADFORMAT), Int(KRB5_CONFIG_NODEFREALM), Int(KRB5_CONFIG_NOTENUFSPACE):
            (.credentials, "Correct /etc/krb5.conf.")
        case Int(KRB5KDC_ERR_ETYPE_NOSUPP):
            (.credentials, "Make the keytab with a kind of encryption that the Kerberos server allows, such as AES.")
        default: (.credentials, "Try 'kinit -kt \(account.keytab) \(account.principal)' with KRB5_TRACE=/dev/stderr.")
        }
    }

    // MARK: Before Kerberos is asked

    static func noHostName(_ server: Server) -> DirectoryProblem {
        DirectoryProblem(
            kind: .credentials, server: server.description, step: step, reason: "the server has no host name in Host",
            remedy: "Kerberos knows servers by their names: write ldaps:// and the name.")
    }

    /// What is wrong with a keytab before anybody is asked. Nil if it can be read and begins as one.
    static func problem(with keytab: String, _ server: Server) -> DirectoryProblem? {
        guard access(keytab, R_OK) == 0, let file = fopen(keytab, "r") else {
            return unusable(
                keytab, "cannot be read: \(String(cString: strerror(errno)))",
                "Correct SASL.keytab, or let the service user read it.", server)
        }
        defer { fclose(file) }
        // MIT's keytab format: 5, and the version.
        if fgetc(file) == 5 { return nil }
        return unusable(keytab, "is no keytab", "Make it with ktutil, kadmin or ktpass.", server)
    }

    private static func unusable(_ keytab: String, _ flaw: String, _ remedy: String, _ server: Server) -> DirectoryProblem {
        DirectoryProblem(
            kind: .credentials, server: server.description, step: step, reason: "the keytab \(keytab) \(flaw)",
            remedy: remedy)
    }

    static func slow(_ server: Server, _ seconds: Int) -> DirectoryProblem {
        DirectoryProblem(
            kind: .timedOut, server: server.description, step: step,
            reason: "no answer from the Kerberos server within \(seconds) s",
            remedy: "Check the realm's Kerberos servers, or give it longer with Params.Params.timeout.")
    }
}
