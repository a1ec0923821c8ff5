import Foundation
import Support

/// Something that the bind account may suddenly not read any more.
enum Rights: Sendable {
    /// An entry and what is below it.
    case tree(String)
    /// The members of an LDAP group.
    case members(String)
    /// One entry.
    case entry(String)
}

extension Scene {
    /// Takes the right away, has `body` look at that, and gives it back.
    func without(_ right: Rights, _ body: () throws -> Void) throws {
        try set(right, isLifted: false)
        try body()
        try set(right, isLifted: true)
        noteRestart()
    }

    private func set(_ right: Rights, isLifted: Bool) throws {
        switch server {
        case let slapd as Slapd: try restrict(slapd, right, isLifted)
        case let server as DirectoryServer389: try restrict(server, right, isLifted)
        case let samba as SambaDomain: try restrict(samba, right, isLifted)
        default: throw TestFailure("rights on \(server.uri) are unknown")
        }
    }

    private func restrict(_ slapd: Slapd, _ right: Rights, _ isLifted: Bool) throws {
        let target =
            switch right {
            case .tree(let dn): "dn.subtree=\"\(dn)\""
            case .members(let dn): "dn.exact=\"\(dn)\" attrs=member,memberUid"
            case .entry(let dn): "dn.exact=\"\(dn)\""
            }
        let line = "access to \(target) by dn.exact=\"\(slapd.reader.name)\" none by * break\n"
        try slapd.reconfigure { text in
            isLifted
                ? text.replacingOccurrences(of: line, with: "")
                : text.replacingOccurrences(
                    of: "access to attrs=userPassword by", with: line + "access to attrs=userPassword by")
        }
    }

    private func restrict(_ server: DirectoryServer389, _ right: Rights, _ isLifted: Bool) throws {
        let (dn, attributes) =
            switch right {
            case .tree(let dn), .entry(let dn): (dn, "*")
            case .members(let dn): (dn, "member || uniqueMember")
            }
        let rule =
            "(targetattr = \"\(attributes)\")(version 3.0; acl \"hidden\"; deny (all) userdn = \"ldap:///\(server.reader.name)\";)"
        try server.modify("dn: \(dn)\nchangetype: modify\n\(isLifted ? "delete" : "add"): aci\naci: \(rule)\n-\n\n")
    }

    private func restrict(_ samba: SambaDomain, _ right: Rights, _ isLifted: Bool) throws {
        switch right {
        // All rights, inherited; the attribute `member` alone.
        case .tree(let dn): try samba.restrict(dn, "(D;CI;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;READER)", isLifted: isLifted)
        case .entry(let dn): try samba.restrict(dn, "(D;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;READER)", isLifted: isLifted)
        case .members(let dn):
            try samba.restrict(dn, "(OD;;RP;bf9679c0-0de6-11d0-a285-00aa003049e2;;READER)", isLifted: isLifted)
        }
    }
}
