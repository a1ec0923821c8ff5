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
    struct Named: Decodable {
        let id: String?
        let name: String?
    }
    struct FieldChange: Decodable {
        let from: String?
        let to: String?
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
        let signature: Signature?
        let actor: String?
    }
    let timestamp: String
    let event: Event
    let user: Named?
    let organization: Named?
    let group: Named?
    let file: File?
    let rollcall: Rollcall

    enum CodingKeys: String, CodingKey {
        case timestamp = "@timestamp"
        case event, user, organization, group, file, rollcall
    }
}

extension RecordLine {
    /// Whom or what it is about, by name.
    var subject: String {
        if let user = user?.name { return user }
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
