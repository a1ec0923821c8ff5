import Foundation

/// The configuration of a 389 Directory Server, `dse.ldif`, made from the template that the package brings.
enum Server389Settings {
    /// Fills the template's `%name%` in, turns on what tests need, and adds what the template lacks.
    static func fill(_ template: String, _ values: [String: String]) -> String {
        let filled = values.reduce(template) { $0.replacingOccurrences(of: "%\($1.key)%", with: $1.value) }
        let entries = filled.components(separatedBy: "\n\n").map { $0.trimmingCharacters(in: .newlines) }
        // Two empty lines between entries end the server without a word.
        return (entries.filter { !$0.isEmpty }.map(adjust) + more).joined(separator: "\n\n") + "\n"
    }

    private static func adjust(_ entry: String) -> String {
        let dn = entry.prefix { $0 != "\n" }.dropFirst("dn: ".count).lowercased()
        var lines = entry.components(separatedBy: "\n")
        if let name = plugins.first(where: { dn == "cn=\($0),cn=plugins,cn=config" }) {
            lines = lines.map { $0.lowercased() == "nsslapd-pluginenabled: off" ? "nsslapd-pluginEnabled: on" : $0 }
            lines += pluginSettings[name] ?? []
        }
        return (lines + (settings[dn] ?? [])).joined(separator: "\n")
    }

    private static let plugins = [
        "content synchronization", "retro changelog plugin", "memberof plugin", "referential integrity postoperation",
    ]

    private static let pluginSettings = [
        "retro changelog plugin": [
            "nsslapd-attribute: nsuniqueid:targetUniqueId", "nsslapd-attribute: entryuuid:targetEntryUUID",
            "nsslapd-changelogmaxage: 2d",
        ],
        "memberof plugin": ["memberofautoaddoc: nsMemberOf", "memberofgroupattr: uniqueMember"],
    ]

    private static let settings = [
        "cn=config": [
            "nsslapd-listenhost: 127.0.0.1", "nsslapd-security: off", "nsslapd-sizelimit: -1", "nsslapd-disk-monitoring: off",
            "nsslapd-allow-anonymous-access: rootdse", "passwordStorageScheme: SSHA512",
        ],
        "cn=config,cn=ldbm database,cn=plugins,cn=config": [
            "nsslapd-cache-autosize: 0", "nsslapd-dbcachesize: 33554432", "nsslapd-db-durable-transaction: off",
        ],
    ]

    /// `entryUUID` beside the server's own `nsUniqueId`.
    private static let more = [
        """
        dn: cn=entryuuid_syntax,cn=plugins,cn=config
        objectClass: top
        objectClass: nsSlapdPlugin
        cn: entryuuid_syntax
        nsslapd-pluginPath: libentryuuid-syntax-plugin
        nsslapd-pluginInitfunc: entryuuid_syntax_plugin_init
        nsslapd-pluginType: syntax
        nsslapd-pluginEnabled: on
        """,
        """
        dn: cn=entryuuid,cn=plugins,cn=config
        objectClass: top
        objectClass: nsSlapdPlugin
        cn: entryuuid
        nsslapd-pluginPath: libentryuuid-plugin
        nsslapd-pluginInitfunc: entryuuid_plugin_init
        nsslapd-pluginType: betxnpreoperation
        nsslapd-pluginEnabled: on
        """,
        """
        dn: cn=entryUUID,cn=default indexes,cn=config,cn=ldbm database,cn=plugins,cn=config
        objectClass: top
        objectClass: nsIndex
        cn: entryUUID
        nsSystemIndex: false
        nsIndexType: eq
        nsIndexType: pres
        """,
    ]
}
