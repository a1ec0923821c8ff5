import Foundation
import Model
import Support
import Testing

@testable import Settings

@Suite("Passwords that other users may read")
struct ExposedPasswordTests {
    private func text(_ text: String, at offset: Int) -> Value { Value(.text(text), at: offset) }

    /// A back end whose `UserPw` is at offset 9.
    private func settings(_ parameters: [(String, String)]) -> Hash {
        var params = Hash()
        for (key, value) in [("Host", "ldaps://a"), ("BaseDN", ""), ("SSCOPE", "sub"), ("UserDN", "cn=r")] + parameters {
            params.set(text(value, at: key == "UserPw" ? 9 : 5), for: key, keyOffset: 1)
        }
        let rows = [("UserLogin", "uid"), ("UserEmail", "mail"), ("UserCustomerID", "o")].map { variable, attribute in
            Value(.list(List([variable, "", attribute, "1", "1"].map { text($0, at: 3) })), at: 3)
        }
        var backEnd = Hash()
        backEnd.set(text(SettingsDecoder.ldapModule, at: 2), for: "Module", keyOffset: 2)
        backEnd.set(Value(.hash(params), at: 2), for: "Params", keyOffset: 2)
        for (key, value) in [("CustomerKey", "uid"), ("CustomerID", "o")] {
            backEnd.set(text(value, at: 2), for: key, keyOffset: 2)
        }
        backEnd.set(Value(.list(List(rows)), at: 2), for: "Map", keyOffset: 2)
        var settings = Hash()
        settings.set(Value(.hash(backEnd), at: 1), for: "CustomerUser", keyOffset: 1)
        return settings
    }

    private func messages(_ parameters: [(String, String)], isReadableByOthers: Bool = false) -> [String] {
        var decoder = SettingsDecoder(settings(parameters)) { _ throws(PasswordFileProblem) in
            PasswordFile(password: "geheim", isReadableByOthers: isReadableByOthers)
        }
        decoder.exposedFile = { $0 == 9 ? "/etc/rollcall/z.pm" : nil }
        _ = decoder.decode()
        return decoder.findings.all.map { "\($0.offset): \($0.severity.rawValue): \($0.message)" }
    }

    private static let exposed =
        "9: warning: CustomerUser Params.UserPw is written in /etc/rollcall/z.pm, which every user of this machine may read. "
        + "Close the file with chmod 0640 and a group that may read it, or use UserPwFile or $ENV{NAME}."

    @Test("given a password in a file that others may read, when decoded, then it is a warning with the remedy")
    func exposed() {
        #expect(messages([("UserPw", "geheim")]) == [Self.exposed])
        #expect(messages([("UserPw", "")]).allSatisfy { !$0.contains("is written in") })
    }

    @Test("given a password file besides, when decoded, then the password that is written out is told all the same")
    func besides() {
        #expect(messages([("UserPw", "geheim"), ("UserPwFile", "/pw")]) == [Self.exposed])
    }

    @Test("given a password file that others may read, when decoded, then it is a warning, and what is no path is not shown")
    func passwordFile() {
        let message = "may be read by every user of this machine. Close it with chmod 0640, or 0600."
        #expect(
            messages([("UserPwFile", "/pw")], isReadableByOthers: true) == [
                "5: warning: CustomerUser Params.UserPwFile '/pw' " + message
            ])
        #expect(
            messages([("UserPwFile", "pw")], isReadableByOthers: true) == [
                "5: warning: CustomerUser Params.UserPwFile " + message
            ])
        #expect(messages([("UserPwFile", "/pw")]) == [])
    }

    @Test("given a client key or a keytab that others may read, when read, then it is a warning with the remedy")
    func keys() throws {
        let folder = try TestFolder()
        let key = try folder.write("key", to: "client.key")
        let keytab = try folder.write("key", to: "rollcall.keytab")
        let backEnds =
            Sample.backEnd(parameters: "Params => { clientcert => '/c.pem', clientkey => '\(key)' },")
            + Sample.backEnd("CustomerUser2", keys: "SASL => { mech => 'GSSAPI', keytab => '\(keytab)', principal => 'r@A' },")
        let file = try folder.write(Sample.file(backEnds), to: "z.pm")
        let told = { ConfigurationReader.read(paths: [file], environment: [:]).messages }
        try setMode(0o755, folder.path)
        try setMode(0o644, key, keytab)
        let end = "may be read by every user of this machine. Close it with chmod 0640, or 0600."
        #expect(
            told() == [
                "warning: CustomerUser1 Params.Params.clientkey '\(key)' \(end)",
                "warning: CustomerUser2 SASL.keytab '\(keytab)' \(end)",
            ])
        try setMode(0o640, key, keytab)
        #expect(told() == [])
    }

    private func setMode(_ mode: Int, _ paths: String...) throws {
        for path in paths { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path) }
    }
}
