import CGnuTLS
import Foundation

/// Tells what is wrong with the certificates that a server shows.
struct CertificateCheck {
    struct Flaw: Equatable {
        let reason: String
        let remedy: String
    }

    /// The server's own certificate first; at least one.
    let chain: [Certificate]
    /// Bits of `gnutls_certificate_status_t`.
    let status: UInt32
    /// The host that was asked for.
    let host: String?
    let files: TLSFiles
    var now = Date()

    /// Everything that is wrong at once.
    var flaws: [Flaw] { [datesFlaw, authorityFlaw, nameFlaw, otherFlaw].compactMap(\.self) }

    /// "expired on …" or "is not valid before …"; nil for one that is valid.
    static func dates(of certificate: Certificate, now: Date = Date()) -> String? {
        if certificate.validUntil < now { return "expired on \(Certificate.words(certificate.validUntil))" }
        if certificate.validFrom > now { return "is not valid before \(Certificate.words(certificate.validFrom))" }
        return nil
    }

    private func has(_ flag: gnutls_certificate_status_t) -> Bool { status & flag.rawValue != 0 }

    private var datesFlaw: Flaw? {
        let looked = has(GNUTLS_CERT_EXPIRED) || has(GNUTLS_CERT_NOT_ACTIVATED) ? chain : Array(chain.prefix(1))
        for certificate in looked {
            guard let words = Self.dates(of: certificate, now: now) else { continue }
            return Flaw(
                reason: "the certificate '\(certificate.subject)' \(words)",
                remedy: "Renew it on the server, or set the clock of this machine, which says \(Certificate.words(now)).")
        }
        return nil
    }

    private var authorityFlaw: Flaw? {
        guard has(GNUTLS_CERT_SIGNER_NOT_FOUND), let own = chain.first, let last = chain.last else { return nil }
        let remedy = "Name that authority's certificate with Params.Params.cafile, or correct the server's chain."
        if own.isSelfSigned {
            return Flaw(
                reason: "the certificate '\(own.subject)' is signed by itself, and is not among the authorities in "
                    + files.authorities,
                remedy: "Have the server show one of an authority, or name this certificate with Params.Params.cafile.")
        }
        return Flaw(
            reason:
                "the certificate '\(own.subject)' leads to the authority '\(last.issuer)', which is not in \(files.authorities)",
            remedy: remedy)
    }

    private var nameFlaw: Flaw? {
        guard let host, let own = chain.first, !own.isFor(host) else { return nil }
        let names = own.names.isEmpty ? "no name but its subject '\(own.subject)'" : Self.list(own.names)
        return Flaw(
            reason: "the certificate is not for '\(host)': it has \(names)",
            remedy: "Write one of its names in Host, or have it issued for '\(host)'.")
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
        return names.count <= 10 ? shown : "\(shown) and \(names.count - 10) more"
    }

    private var otherFlaw: Flaw? {
        let told = [GNUTLS_CERT_INVALID, GNUTLS_CERT_EXPIRED, GNUTLS_CERT_NOT_ACTIVATED, GNUTLS_CERT_SIGNER_NOT_FOUND]
        let rest = told.reduce(status) { $0 & ~$1.rawValue }
        let isTold = datesFlaw != nil || authorityFlaw != nil
        guard status != 0, rest != 0 || !isTold, let own = chain.first else { return nil }
        return Flaw(
            reason: "the certificate '\(own.subject)' is not trusted: \(TLSHandshake.words(status))",
            remedy: "Have it issued anew, in the way that the reason asks for.")
    }
}
