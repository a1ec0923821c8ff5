import Foundation

/// The members of a record's line.
struct RecordLine: Decodable {
    struct Event: Decodable {
        let sequence: Int64
        let action: String
        let outcome: String?
        let reason: String?
        /// Nanoseconds.
        let duration: Int64?
    }
    struct User: Decodable {
        let id: String?
        let name: String?
        /// The digest of the login, in place of it.
        let hash: String?
    }
    struct Named: Decodable {
        let id: String?
        let name: String?
    }
    struct FieldChange: Decodable {
        let from: String?
        let to: String?
        let from_digest: String?
        let to_digest: String?
        /// Neither values nor digests are told.
        let isUntold: Bool

        private enum CodingKeys: String, CodingKey { case from, to, from_digest, to_digest }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            from = try members.decodeIfPresent(String.self, forKey: .from)
            to = try members.decodeIfPresent(String.self, forKey: .to)
            from_digest = try members.decodeIfPresent(String.self, forKey: .from_digest)
            to_digest = try members.decodeIfPresent(String.self, forKey: .to_digest)
            isUntold = members.allKeys.isEmpty
        }
    }
    struct Grant: Decodable {
        let permission: String
        let context: String?
        let source: String?
        let rule: String?
    }
    struct Evidence: Decodable {
        let kind: String
        let server: String
        let position: String?
    }
    struct File: Decodable {
        let path: String
    }
    struct Configuration: Decodable {
        let files: [String]
        let digest: String?
    }
    struct Signature: Decodable {
        let key: String
        let value: String
    }
    struct Erased: Decodable {
        let grants: Int64
        let records: Int64
    }
    struct Sealed: Decodable {
        let count: Int64
        let first: Int64
        let last: Int64
        let hash_of_last: String
    }
    struct Rollcall: Decodable {
        let cycle: Int64?
        let back_end: String?
        let changes: [String: FieldChange]?
        let grant: Grant?
        let evidence: Evidence?
        let always_group: String?
        let deployment: Int64?
        let outcome: String?
        let counts: [String: Int64]?
        let configuration: Configuration?
        let sealed: Sealed?
        let erased: Erased?
        let signature: Signature?
        let actor: String?
    }
    let timestamp: String
    let event: Event
    let user: User?
    let organization: Named?
    let group: Named?
    let file: File?
    let rollcall: Rollcall

    enum CodingKeys: String, CodingKey {
        case timestamp = "@timestamp"
        case event, user, organization, group, file, rollcall
    }
}

extension RecordLine.FieldChange {
    /// The value before; of a digest its beginning, which is enough to compare.
    var old: String? { from ?? from_digest.map(Self.short) }
    /// The value after.
    var new: String? { to ?? to_digest.map(Self.short) }

    private static func short(_ digest: String) -> String { "#\(digest.prefix(8))" }
}

extension RecordLine {
    /// Whom or what it is about, by name.
    var subject: String {
        if let user = user?.name ?? user?.id { return user }
        if let customer = organization?.id { return rollcall.grant == nil ? customer : "customer \(customer)" }
        return group?.name ?? rollcall.back_end ?? file?.path ?? rollcall.configuration?.files.joined(separator: " ") ?? ""
    }

    /// - Throws: when `bytes` are no record.
    init(_ bytes: [UInt8]) throws(UnreadableRecord) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch {
            throw UnreadableRecord(description: "it is no JSON of a change record")
        }
    }
}
