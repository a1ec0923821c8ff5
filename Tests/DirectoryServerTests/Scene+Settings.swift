import Support

extension Scene {
    static let department = "IT"

    /// Who is mirrored.
    var filter: String { "(&\(dialect.isPerson)(businessCategory=customer))" }

    /// Who of them is valid.
    var validFilter: String { "(&(!(title=former))(!\(dialect.isDisabled)))" }

    /// The group that members of an LDAP group of this kind are given.
    static func groupName(_ kind: Dialect.GroupKind) -> String { "by-\(kind.attribute)" }

    /// The ticket system's configuration: all rules at once, and nothing that everybody has.
    ///
    /// - Parameters:
    ///   - host: where Rollcall finds the server.
    ///   - options: of the connection, such as `timeout => 1`.
    func settings(_ strategy: String?, host: String, options: String = "") -> String {
        let groups = dialect.groupKinds.map { "'\(Self.groupName($0))'" } + ["'it'"]
        let rules = dialect.groupKinds.map { "'\(groupDN($0))' => { '\(Self.groupName($0))' => { rw => 1 } }," }
        return """
            $Self->{'Rollcall::Groups'} = [ \(groups.joined(separator: ", ")) ];
            $Self->{CustomerGroupAlwaysGroups} = [];
            $Self->{CustomerGroupCompanyAlwaysGroups} = [];
            $Self->{CustomerUser} = {
                Name => 'Directory', Module => 'Kernel::System::CustomerUser::LDAP',
                Params => {
                    Host => '\(host)', BaseDN => '\(base)', SSCOPE => 'sub', AlwaysFilter => '\(filter)',
                    UserDN => '\(server.reader.name)', UserPw => '\(server.reader.password)',
                    Params => { \(options) },
                },
                CustomerKey => '\(dialect.login)', CustomerID => '\(dialect.customer)',
                CustomerUserValidFilter => '\(validFilter)', RemovalLimit => '\(removalLimit)',
                \(strategy.map { "Strategy => '\($0)'," } ?? "")
                Map => [
                    [ 'UserLogin', 'Login', '\(dialect.login)', 1, 1, 'var' ],
                    [ 'UserEmail', 'E-mail', 'mail', 1, 1, 'var' ],
                    [ 'UserCustomerID', 'Customer', '\(dialect.customer)', 1, 1, 'var' ],
                    [ 'UserLastname', 'Last name', 'sn', 1, 1, 'var' ],
                    [ 'UserPhone', 'Phone', 'telephoneNumber', 1, 0, 'var' ],
                    [ 'UserComment', 'Comment', 'description', 1, 0, 'var' ],
                ],
                CustomerGroupSupport => 1, NestedGroups => 1,
                UserSyncGroupsDefinition => { \(rules.joined(separator: " ")) },
                UserSyncAttributeGroupsDefinition => { departmentNumber => { '\(Self.department)' => { it => { ro => 1 } } } },
            };
            """
    }
}
