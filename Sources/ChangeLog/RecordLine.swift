import Foundation

/// The members of a record's line.
struct RecordLine: Decodable {
    struct Event: Decodable {
        let sequence: Int64
        let action: String
        let outcome: String?
        let reason: String?
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
    }
    struct Rollcall: Decodable {
        let cycle: Int64?
        let back_end: String?
        let changes: [String: FieldChange]?
        let grant: Grant?
        let evidence: Evidence?
        let always_group: String?
        let deployment: Int64?
        let actor: String?
    }
    let timestamp: String
    let event: Event
    let user: Named?
    let organization: Named?
    let group: Named?
    let rollcall: Rollcall

    enum CodingKeys: String, CodingKey {
        case timestamp = "@timestamp"
        case event, user, organization, group, rollcall
    }
}

extension RecordLine {
    /// Whom or what it is about, by name.
    var subject: String {
        if let user = user?.name { return user }
        if let customer = organization?.id { return rollcall.grant == nil ? customer : "customer \(customer)" }
        return group?.name ?? rollcall.back_end ?? ""
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
