import Directory
import Foundation
import Model

/// One server in `rollcall check --connect --json`. What the probe did not come to is absent.
struct ProbeDocument: Encodable {
    struct Certificate: Encodable {
        let subject: String
        /// RFC 3339, UTC.
        let validUntil: String
        /// Absent when nothing is doubtful.
        let warning: String?
    }

    struct Root: Encodable {
        let product: String
        let vendor: String
        let namingContexts: [String]
        let paging: Bool
        let contentSync: Bool
        let dirSync: Bool
    }

    struct Group: Encodable {
        let dn: String
        /// Absent when the group cannot be read.
        let members: Int?
    }

    struct People: Encodable {
        let matching: Int
        let complete: Bool
        let listed: Int?
        let mirrored: Int
        let valid: Int?
        let incomplete: Int
        let problems: [Problem]
        let samples: [Person]
    }

    struct Problem: Encodable {
        let kind: String
        let attribute: String?
        let count: Int
        /// DN of the first entry.
        let example: String?
        let message: String
    }

    struct Person: Encodable {
        let dn: String
        /// By Map variable; only those that are there.
        let values: [String: String]
        let valid: Bool
        let missing: [String]
        let grants: [Grant]
        let undecided: [String]
    }

    struct Grant: Encodable {
        let group: String
        let permission: String
        let source: String
        let rule: String
    }

    struct Finding: Encodable {
        let kind: String
        /// It keeps a cycle from doing its work.
        let grave: Bool
        let message: String
    }

    struct Failure: Encodable {
        let kind: String
        let message: String
    }

    let server: String
    let readable: Bool
    /// Absent without TLS.
    let certificate: Certificate?
    let root: Root?
    let strategy: String?
    /// Why no better one can be used.
    let strategyRefusal: String?
    let groups: [Group]
    let command: String
    let people: People?
    let notSeen: [Finding]
    let failure: Failure?
}

extension ProbeDocument {
    init(_ report: ProbeReport) {
        self.init(
            server: report.server, readable: report.isReadable,
            certificate: report.certificate.map {
                Certificate(subject: $0.subject, validUntil: $0.validUntil.formatted(.iso8601), warning: $0.warning())
            }, root: report.root.map(Root.init),
            strategy: report.offer?.first.rawValue, strategyRefusal: report.offer?.refusal,
            groups: report.groups.map { Group(dn: $0.dn, members: $0.members) }, command: report.command,
            people: report.people.map(People.init),
            notSeen: report.blindSpots.map { Finding(kind: $0.kind, grave: $0.isGrave, message: $0.message) },
            failure: report.failure.map { Failure(kind: $0.kind.rawValue, message: "\($0)") })
    }
}

extension ProbeDocument.Root {
    init(_ root: RootDSE) {
        self.init(
            product: root.product.rawValue, vendor: root.vendor, namingContexts: root.namingContexts,
            paging: root.supportsPaging, contentSync: root.supportsContentSync, dirSync: root.supportsDirSync)
    }
}

extension ProbeDocument.People {
    init(_ people: ProbedPeople) {
        self.init(
            matching: people.matching, complete: people.shortfall == nil, listed: people.listed, mirrored: people.mirrored,
            valid: people.valid, incomplete: people.incomplete,
            problems: people.problems.map { problem in
                ProbeDocument.Problem(
                    kind: problem.example.kind, attribute: problem.example.attribute, count: problem.count,
                    example: problem.example.dn, message: problem.example.message)
            },
            samples: people.samples.map(ProbeDocument.Person.init))
    }
}

extension ProbeDocument.Person {
    init(_ sample: Sample) {
        let present = sample.values.filter { !$0.text.isEmpty }.map { ($0.variable, $0.text) }
        self.init(
            dn: sample.dn, values: Dictionary(present) { first, _ in first }, valid: sample.isValid,
            missing: sample.missing,
            grants: sample.grants.map { grant in
                ProbeDocument.Grant(
                    group: grant.group, permission: grant.permission.name, source: grant.source.rawValue, rule: grant.rule)
            },
            undecided: sample.undecided)
    }
}
