import CGSSAPI
import Foundation
import Model

/// A Kerberos account's credential with a ticket for one server, in memory alone.
///
/// A class because it owns GSSAPI's handle. Sendable: nothing in it changes, and GSSAPI allows a credential to be used by
/// any thread.
final class KerberosTicket: @unchecked Sendable {
    /// A `gss_cred_id_t`.
    let credential: gss_cred_id_t
    private let cache: String

    /// Asks the Kerberos server. Has no limit of its own.
    private init(for account: KerberosAccount) throws(KerberosFailure) {
        let cache = "MEMORY:rollcall-\(UUID().uuidString)"
        self.cache = cache
        credential = try Self.acquire(account, cache)
    }

    deinit {
        var minor: OM_uint32 = 0
        var credential: gss_cred_id_t? = credential
        gss_release_cred(&minor, &credential)
        rollcall_krb5_destroy_cache(cache)
    }

    private static func acquire(_ account: KerberosAccount, _ cache: String) throws(KerberosFailure) -> gss_cred_id_t {
        var minor: OM_uint32 = 0
        var credential: gss_cred_id_t?
        let name = try name(account.principal, isService: false)
        defer { release(name) }
        let major = rollcall_gss_acquire(&minor, name, account.keytab, cache, &credential)
        guard let credential, rollcall_gss_failed(major) == 0 else {
            rollcall_krb5_destroy_cache(cache)
            throw KerberosFailure(minor)
        }
        return credential
    }

    /// Gets the ticket now, so that libsasl finds it in the cache and waits for nobody.
    private func fetchTicket(for host: String) throws(KerberosFailure) {
        var minor: OM_uint32 = 0
        let service = try Self.name("ldap@\(host)", isService: true)
        defer { Self.release(service) }
        let major = rollcall_gss_ticket(&minor, credential, service)
        if rollcall_gss_failed(major) != 0 { throw KerberosFailure(minor) }
    }

    private static func name(_ text: String, isService: Bool) throws(KerberosFailure) -> gss_name_t {
        var minor: OM_uint32 = 0
        var name: gss_name_t?
        let major = rollcall_gss_name(&minor, text, isService ? 1 : 0, &name)
        guard let name, rollcall_gss_failed(major) == 0 else { throw KerberosFailure(minor) }
        return name
    }

    private static func release(_ name: gss_name_t) {
        var minor: OM_uint32 = 0
        var name: gss_name_t? = name
        gss_release_name(&minor, &name)
    }
}

extension KerberosTicket {
    /// A ticket for `server`, or why there is none, within the limit of any single wait.
    static func get(
        for account: KerberosAccount, server: Server, seconds: Int, stop: StopSignal
    ) throws(DirectoryProblem) -> KerberosTicket {
        guard let host = server.hostName else { throw KerberosFailure.noHostName(server) }
        if let problem = KerberosFailure.problem(with: account.keytab, server) { throw problem }
        let answer = LimitedWait.run(seconds: seconds, stop: stop) { () -> Result<KerberosTicket, KerberosFailure> in
            do throws(KerberosFailure) {
                let ticket = try KerberosTicket(for: account)
                try ticket.fetchTicket(for: host)
                return .success(ticket)
            } catch {
                return .failure(error)
            }
        }
        if stop.isRaised { throw .stopped(server) }
        switch answer {
        case .success(let ticket): return ticket
        case .failure(let failure): throw failure.problem(account, host: host, server)
        case nil: throw KerberosFailure.slow(server, seconds)
        }
    }
}
