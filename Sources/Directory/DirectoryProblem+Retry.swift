import CLDAP

extension DirectoryProblem {
    /// Another try with the same settings would end in the same way, and wrong passwords may lock the account: only another
    /// configuration helps.
    package var isPermanent: Bool {
        if kind == .credentials { return true }
        return switch code {
        case LDAP_INSUFFICIENT_ACCESS, LDAP_INVALID_DN_SYNTAX, LDAP_INVALID_SYNTAX: true
        default: false
        }
    }
}
