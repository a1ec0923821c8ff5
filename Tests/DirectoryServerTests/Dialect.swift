/// What a directory calls the things that every case needs.
struct Dialect: Sendable {
    /// An LDAP group and how it names its members.
    struct GroupKind: Sendable {
        let attribute: String
        let classes: [String]
        /// Lines that an entry of this kind has to have.
        var more = ""
        /// Members are logins, not DNs.
        var namesLogins = false
    }

    /// The attribute that is the login, and whose new value is a rename.
    let login: String
    let customer: String
    /// The attribute of a person's relative name.
    let name: String
    let classes: [String]
    /// Lines that a person has to have.
    var more = ""
    /// A filter that matches people, whoever they are.
    let isPerson: String
    /// A filter that matches those whose account is disabled.
    let isDisabled: String
    /// An attribute and its values in a disabled and in an enabled account.
    let disabling: (attribute: String, disabled: String, enabled: String)
    let groupKinds: [GroupKind]
    /// Entries have a login of their own, unique in the whole directory, besides their name (`sAMAccountName`).
    var hasAccounts = false
    /// DNs in groups follow a moment after the change, not with it.
    var followsLater = false
}

extension Dialect {
    static let openLDAP = Dialect(
        login: "uid", customer: "o", name: "uid", classes: ["inetOrgPerson"], isPerson: "(objectClass=inetOrgPerson)",
        isDisabled: "(employeeType=disabled)", disabling: ("employeeType", "disabled", "staff"),
        groupKinds: [
            GroupKind(attribute: "member", classes: ["groupOfNames"]),
            GroupKind(attribute: "memberUid", classes: ["posixGroup"], more: "gidNumber: 1\n", namesLogins: true),
        ],
        followsLater: true)

    static let directoryServer389 = Dialect(
        login: "uid", customer: "o", name: "uid", classes: ["inetOrgPerson"], isPerson: "(objectClass=inetOrgPerson)",
        isDisabled: "(nsAccountLock=true)", disabling: ("nsAccountLock", "true", "false"),
        groupKinds: [
            GroupKind(attribute: "member", classes: ["groupOfNames"]),
            GroupKind(attribute: "uniqueMember", classes: ["groupOfUniqueNames"]),
        ])

    /// 544: an ordinary account without a password; 2 more: disabled.
    static let activeDirectory = Dialect(
        login: "sAMAccountName", customer: "company", name: "CN", classes: ["user"], more: "userAccountControl: 544\n",
        isPerson: "(&(objectCategory=person)(objectClass=user))",
        isDisabled: "(userAccountControl:1.2.840.113556.1.4.803:=2)", disabling: ("userAccountControl", "546", "544"),
        groupKinds: [GroupKind(attribute: "member", classes: ["group"])], hasAccounts: true)
}
