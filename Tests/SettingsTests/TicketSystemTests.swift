import Model
import Testing

@testable import Settings

@Suite("Settings that only the ticket system uses")
struct TicketSystemTests {
    @Test(
        "given a value that the ticket system misreads, when read, then it is a warning",
        arguments: [
            ("CacheTTL => 'never'", "CacheTTL is 'never'. The ticket system expects a whole number of seconds, 0 or more."),
            ("CacheTTL => -1", "CacheTTL is '-1'. The ticket system expects a whole number of seconds, 0 or more."),
            (
                "CustomerUserSearchListLimit => 'all'",
                "CustomerUserSearchListLimit is 'all'. The ticket system expects a whole number, 0 or more."
            ),
            (
                "CustomerUserSearchListLimit => [250]",
                "CustomerUserSearchListLimit is a list. The ticket system expects a whole number, 0 or more."
            ),
            (
                "CustomerUserListFields => 'cn, mail'",
                "CustomerUserListFields is 'cn, mail'. The ticket system expects a list of attributes, such as ['cn', 'mail']."
            ),
            (
                "CustomerUserSearchFields => {}",
                "CustomerUserSearchFields is a hash. The ticket system expects a list of attributes, such as ['uid', 'cn', 'mail']."
            ),
            (
                "CustomerUserPostMasterSearchFields => 'mail'",
                "CustomerUserPostMasterSearchFields is 'mail'. The ticket system expects a list of attributes, such as ['mail']."
            ),
            (
                "CustomerUserNameFields => 'cn'",
                "CustomerUserNameFields is 'cn'. The ticket system expects a list of attributes, such as ['givenName', 'sn']."
            ),
            (
                "CustomerUserNameFields => ['cn', ['sn'], '']",
                "an element of CustomerUser1 CustomerUserNameFields is a list. The ticket system expects a name there."
            ),
            (
                "CustomerUserNameFieldsJoin => [' ']",
                "CustomerUserNameFieldsJoin is a list. The ticket system expects text, such as ' '."
            ),
            (
                "CustomerUserSearchPrefix => {}",
                "CustomerUserSearchPrefix is a hash. The ticket system expects text, such as '*'."
            ),
            (
                "CustomerUserSearchSuffix => []",
                "CustomerUserSearchSuffix is a list. The ticket system expects text, such as '*'."
            ),
            (
                "TranslateManagerTo => ['cn']",
                "TranslateManagerTo is a list. The ticket system expects an attribute, such as 'cn'."
            ),
            (
                "Selections => ['Dr.']",
                "Selections is a list. The ticket system expects a hash, such as { UserTitle => { 'Dr.' => 'Dr.' } }."
            ),
            (
                "AutoLoginCreationPrefix => []",
                "AutoLoginCreationPrefix is a list. The ticket system expects text, such as 'auto'."
            ),
            ("ReadOnly => 'off'", "ReadOnly is 'off', which counts as 1. Write 1 or 0."),
            ("CustomerCompanySupport => {}", "CustomerCompanySupport is a hash. The ticket system expects 1 or 0."),
            ("CustomerGroupSupport => 'no'", "CustomerGroupSupport is 'no', which counts as 1. Write 1 or 0."),
        ])
    func misread(_ key: String, _ message: String) {
        let reading = read(keys: key + ",")
        let subject = message.hasPrefix("an element") ? "" : "CustomerUser1 "
        #expect(reading.messages.first == "warning: " + subject + message)
        #expect(reading.messages.count == (key.contains("''") ? 2 : 1))
        #expect(reading.isUsable)
    }

    @Test("given flags as they are usually written, when read, then nothing is said")
    func flags() {
        let keys = ["1", "0", "'1'", "'0'", "''", "undef"].map { "ReadOnly => \($0), AutoLoginCreation => \($0)," }
        for key in keys { #expect(read(keys: key).lines == []) }
    }

    @Test("given connection options that only the ticket system uses, when one is odd, then it is a warning")
    func connection() {
        #expect(
            read(parameters: "Die => 'yes', DestCharset => [], Params => { async => 'no', version => '3.0' },").messages == [
                "warning: CustomerUser1 Params.Die is 'yes', which counts as 1. Write 1 or 0.",
                "warning: CustomerUser1 Params.DestCharset is a list. The ticket system expects a character set, such as 'utf-8'.",
                "warning: CustomerUser1 Params.Params.async is 'no', which counts as 1. Write 1 or 0.",
                "warning: CustomerUser1 Params.Params.version is '3.0'. The ticket system expects 2 or 3.",
            ])
    }

    @Test(
        "given a top-level key with a slip of the pen, when read, then it is a warning with the right one",
        arguments: [
            ("CustomerGroupAlwayGroups", "CustomerGroupAlwaysGroups"), ("CustomerUSer1", "CustomerUser1"),
            ("Customergroupsupport", "CustomerGroupSupport"), ("CutsomerUser", "CustomerUser"),
            ("CustomerUser_2", "CustomerUser2"), ("System::Customer::Permissions", "System::Customer::Permission"),
            ("AuthModule::LDAP::Param1", "AuthModule::LDAP::Params1"),
            ("AuthModule::LDAP::StartTls", "AuthModule::LDAP::StartTLS"),
            ("CustomerGroupPermissionContexts", "CustomerGroupPermissionContext"), ("Rolcall::Interval", "Rollcall::Interval"),
            ("CustomerGroupCompanyAllwaysGroup", "CustomerGroupCompanyAlwaysGroups"),
        ])
    func misspelt(_ key: String, _ right: String) {
        #expect(
            read(after: "$Self->{'\(key)'} = [];").lines == [
                "z.pm:17:9: warning: \(key) is unknown to Rollcall and has no effect. Is '\(right)' meant?"
            ])
    }

    @Test(
        "given the ticket system's own keys, when read, then nothing is said",
        arguments: [
            "CustomerUser::EventModulePost", "CustomerCompany", "CustomerCompany::EventModulePost", "CustomerPanelUserID",
            "CustomerPanelSelfAddress", "CustomerPanelLostPassword", "CustomerPreferences", "CustomerPreferencesGroups",
            "CustomerPreferencesView", "CustomerFrontend::Module", "CustomerHeadline", "CustomerLogo", "CustomerDBLink",
            "CustomerDBLinkTarget", "CustomerIDs", "CustomerCompanySupport", "Customer::AuthModule", "Customer::AuthModule1",
            "Customer::AuthModule::LDAP::Params", "Customer::AuthModule::LDAP::Params1", "AuthModule", "AuthModule1",
            "AuthModule::LDAP::Host", "AuthModule::LDAP::Host1", "AuthModule::LDAP::BaseDN", "AuthModule::LDAP::UID",
            "AuthModule::LDAP::Die", "AuthModule::LDAP::UserDN", "AuthModule::LDAP::UserPw", "AuthModule::LDAP::SearchUserDN",
            "AuthModule::LDAP::UserAttr", "AuthModule::LDAP::AccessAttr", "AuthModule::LDAP::GroupDN",
            "AuthModule::LDAP::AlwaysFilter", "AuthModule::LDAP::UserSuffix", "AuthModule::LDAP::Charset",
            "AuthSyncModule::LDAP::Params", "AuthSyncModule::LDAP::StartTLS", "AuthSyncModule::LDAP::UserSyncGroupsDefinition",
            "System::Permission", "SystemID", "DatabaseHost", "CustomerTicketOverviewSortable", "Customer", "",
        ])
    func own(_ key: String) { #expect(read(after: "$Self->{'\(key)'} = 1;").lines == []) }
}
