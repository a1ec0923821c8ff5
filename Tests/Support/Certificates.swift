import Foundation

/// Certification authorities, and certificates of servers and clients, as PEM files made by openssl.
package enum Certificates {
    /// What a server's certificate is like.
    package enum Kind: String, Sendable, CaseIterable {
        /// For 127.0.0.1 and localhost, by the authority of `ca.pem`, for a hundred days.
        case usual
        case expired, notYetValid, otherName, selfSigned
        /// By an authority whose certificate is in `other-ca.pem` alone.
        case otherAuthority
        /// By an intermediate authority that the server shows as well, and that has expired.
        case expiredBetween
        /// Expired, by another authority, for another name.
        case allWrong
        /// For twenty days.
        case endsSoon
    }

    /// An authority in `ca.pem`, and a certificate in `server.pem` with its key in `server.key`.
    package static func makeServer(_ kind: Kind, in folder: TestFolder) throws {
        try makeAuthority("ca", in: folder)
        var request = Request(name: "server", subject: "/O=test/CN=127.0.0.1")
        request.names = ["IP:127.0.0.1", "DNS:localhost"]
        switch kind {
        case .usual: break
        case .expired: (request.from, request.until) = ("20200101000000Z", "20200201000000Z")
        case .notYetValid: (request.from, request.until) = ("20980101000000Z", "20990101000000Z")
        case .otherName: request.names = ["DNS:other.example", "DNS:*.acme.example", "IP:192.0.2.1"]
        case .selfSigned: request.authority = nil
        case .otherAuthority: request.authority = "other-ca"
        case .expiredBetween: request.authority = "between"
        case .allWrong:
            (request.from, request.until) = ("20200101000000Z", "20200201000000Z")
            request.names = ["DNS:other.example"]
            request.authority = "other-ca"
        case .endsSoon: request.until = moment(days: 20)
        }
        if request.authority == "other-ca" { try makeAuthority("other-ca", in: folder) }
        if request.authority == "between" { try makeExpiredAuthority("between", in: folder) }
        try make(request, in: folder)
        if request.authority == "between" { try append("between.pem", to: "server.pem", in: folder) }
    }

    private static func append(_ more: String, to name: String, in folder: TestFolder) throws {
        let texts = try [name, more].map { try String(contentsOfFile: folder[$0], encoding: .utf8) }
        try folder.write(texts.joined(), to: name)
    }

    /// An authority below that of `ca.pem`.
    private static func makeExpiredAuthority(_ name: String, in folder: TestFolder) throws {
        var request = Request(name: name, subject: "/O=test/CN=test \(name)", isAuthority: true)
        (request.from, request.until) = ("20200101000000Z", "20200201000000Z")
        try make(request, in: folder)
    }

    /// A client's certificate in `NAME.pem` with its key in `NAME.key`, by the authority of `AUTHORITY.pem`.
    package static func makeClient(
        _ name: String, subject: String, authority: String = "ca", isExpired: Bool = false, in folder: TestFolder
    ) throws {
        var request = Request(name: name, subject: subject, authority: authority)
        if isExpired { (request.from, request.until) = ("20200101000000Z", "20200201000000Z") }
        try make(request, in: folder)
    }

    /// An authority whose subject is its name.
    package static func makeAuthority(_ name: String, in folder: TestFolder) throws {
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "100", "-subj",
            "/O=test/CN=test \(name)", "-keyout", folder["\(name).key"], "-out", folder["\(name).pem"])
    }

    private struct Request {
        let name: String
        let subject: String
        /// Nil signs itself.
        var authority: String? = "ca"
        var names: [String] = []
        var isAuthority = false
        var from = moment(days: -1)
        var until = moment(days: 100)
    }

    private static func make(_ request: Request, in folder: TestFolder) throws {
        let (key, csr) = (folder["\(request.name).key"], folder["\(request.name).csr"])
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", request.subject, "-keyout",
            key, "-out", csr)
        let issuer = request.authority.map { ["-cert", folder["\($0).pem"], "-keyfile", folder["\($0).key"]] }
        try openssl(
            ["ca", "-batch", "-notext", "-config", try signing(request, in: folder), "-startdate", request.from]
                + ["-enddate", request.until, "-in", csr, "-out", folder["\(request.name).pem"]]
                + (issuer ?? ["-selfsign", "-keyfile", key]))
    }

    /// The configuration that `openssl ca` needs; its path.
    private static func signing(_ request: Request, in folder: TestFolder) throws -> String {
        let index = try folder.write("", to: "index-\(UUID().uuidString)")
        let names = request.names.isEmpty ? "" : "subjectAltName=\(request.names.joined(separator: ","))"
        return try folder.write(
            """
            [ca]
            default_ca = test
            [test]
            database = \(index)
            new_certs_dir = \(folder.path)
            default_md = sha256
            rand_serial = yes
            policy = any
            unique_subject = no
            x509_extensions = extensions
            [any]
            organizationName = optional
            commonName = supplied
            [extensions]
            basicConstraints=CA:\(request.isAuthority ? "TRUE" : "FALSE")
            \(names)

            """, to: "signing-\(UUID().uuidString).conf")
    }

    /// As `openssl ca` writes it.
    private static func moment(days: Int) -> String {
        let date = Date(timeIntervalSinceNow: TimeInterval(days * 86_400))
        return date.formatted(.iso8601).filter { $0.isNumber || $0 == "Z" }
    }

    private static func openssl(_ arguments: String...) throws { try openssl(arguments) }
    private static func openssl(_ arguments: [String]) throws { try succeed("/usr/bin/openssl", arguments) }
}
