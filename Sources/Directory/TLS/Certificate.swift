import CGnuTLS
import Foundation

/// What an X.509 certificate (RFC 5280) says of itself, as far as Rollcall tells it. It proves nothing.
package struct Certificate: Sendable, Hashable {
    /// A DN (RFC 4514), made safe to print.
    package let subject: String
    let issuer: String
    /// Host names and addresses that it is for, made safe to print.
    let names: [String]
    let validFrom: Date
    package let validUntil: Date
    private let der: [UInt8]

    init?(der: [UInt8]) {
        let parsed = Self.withParsed(der) { handle in
            (
                Self.dn(handle, gnutls_x509_crt_get_dn3), Self.dn(handle, gnutls_x509_crt_get_issuer_dn3),
                Self.alternativeNames(handle), gnutls_x509_crt_get_activation_time(handle),
                gnutls_x509_crt_get_expiration_time(handle)
            )
        }
        guard let parsed else { return nil }
        let (subject, issuer, names, from, until) = parsed
        self.subject = subject
        self.issuer = issuer
        self.names = names
        validFrom = Date(timeIntervalSince1970: TimeInterval(from))
        validUntil = Date(timeIntervalSince1970: TimeInterval(until))
        self.der = der
    }

    /// What is doubtful about it although it is trusted, and what to do.
    package func warning(now: Date = Date()) -> String? {
        let days = Int(validUntil.timeIntervalSince(now) / 86_400)
        guard days < Self.warningDays else { return nil }
        return "the certificate '\(subject)' expires in \(days) days, on \(Self.words(validUntil)). Renew it on the server."
    }

    private static let warningDays = 30

    var isSelfSigned: Bool { subject == issuer }

    /// Whether it is for this host name or address (RFC 6125).
    func isFor(_ host: String) -> Bool {
        Self.withParsed(der) { gnutls_x509_crt_check_hostname($0, host) != 0 } ?? false
    }

    /// A moment as certificates name it: to the second, UTC.
    package static func words(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)).replacingOccurrences(of: "Z", with: " UTC")
    }

    // MARK: Parsing

    private static func withParsed<Result>(_ der: [UInt8], _ body: (gnutls_x509_crt_t) -> Result) -> Result? {
        var handle: gnutls_x509_crt_t?
        guard gnutls_x509_crt_init(&handle) == GNUTLS_E_SUCCESS, let handle else { return nil }
        defer { gnutls_x509_crt_deinit(handle) }
        let code = der.withUnsafeBufferPointer { bytes in
            var datum = gnutls_datum_t(data: UnsafeMutablePointer(mutating: bytes.baseAddress), size: UInt32(bytes.count))
            return gnutls_x509_crt_import(handle, &datum, GNUTLS_X509_FMT_DER)
        }
        return code == GNUTLS_E_SUCCESS ? body(handle) : nil
    }

    private static func dn(
        _ handle: gnutls_x509_crt_t, _ get: (gnutls_x509_crt_t, UnsafeMutablePointer<gnutls_datum_t>, UInt32) -> Int32
    ) -> String {
        var datum = gnutls_datum_t()
        guard get(handle, &datum, 0) == GNUTLS_E_SUCCESS, let bytes = datum.data else { return "(no name)" }
        defer { rollcall_gnutls_free(bytes) }
        let text = String(decoding: UnsafeBufferPointer(start: bytes, count: Int(datum.size)), as: UTF8.self)
        return text.isEmpty ? "(no name)" : shown(text)
    }

    private static func shown(_ text: String) -> String {
        let text = DirectoryProblem.printable(text)
        return text.count <= 200 ? text : text.prefix(200) + "…"
    }

    private static func alternativeNames(_ handle: gnutls_x509_crt_t) -> [String] {
        var names: [String] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        for number in 0..<UInt32(1000) {
            var size = buffer.count
            let kind = gnutls_x509_crt_get_subject_alt_name(handle, number, &buffer, &size, nil)
            if kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { break }
            guard kind >= 0, size <= buffer.count else { continue }
            switch gnutls_x509_subject_alt_name_t(UInt32(kind)) {
            case GNUTLS_SAN_DNSNAME: names.append(shown(String(decoding: buffer[..<size], as: UTF8.self)))
            case GNUTLS_SAN_IPADDRESS: if let address = address(buffer[..<size]) { names.append(address) }
            default: break
            }
        }
        return names
    }

    private static func address(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        return bytes.withUnsafeBytes { bytes in
            inet_ntop(family, bytes.baseAddress, &text, socklen_t(text.count)).map { String(cString: $0) }
        }
    }
}
