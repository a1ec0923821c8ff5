import Foundation
import Model
import Support
import Testing

@testable import Settings

@Suite("What is no Perl configuration, and files that cannot be read")
struct FileTests {
    static let remedy =
        "Name the file that sets $Self->{CustomerUser}, such as Kernel/Config/Files/ZZZ_CustomerBackend.pm."

    @Test(
        "given a foreign file, when read, then one plain sentence says so",
        arguments: [
            ("", "the file is empty. "), (" \n\t\n", "the file is empty. "),
            ("{ \"a\": 1 }", "the file is JSON, not a Perl configuration. "),
            ("<?xml version='1.0'?><a>$Self</a>", "the file is XML or HTML, not a Perl configuration. "),
            ("#!/bin/sh\necho 'x\n", "the file is a script, not a Perl configuration. "),
            ("#!/bin/sh\n# sets $Self\npackage x\n", "the file is a script, not a Perl configuration. "),
            ("# Set up\n\n```perl\n$Self->{CustomerUser} = {};\n```\n", "the file is Markdown, not a Perl configuration. "),
            ("---\nSelf: $Self\n", "the file is YAML, not a Perl configuration. "),
            ("# Title\n\nIt's a text.", "the file is some other text, not a Perl configuration. "),
            ("package \u{0}", "the file is binary. "),
        ])
    func foreign(_ text: String, _ sentence: String) {
        #expect(read(text).lines == ["z.pm: error: " + sentence + Self.remedy])
    }

    @Test("given UTF-16, when read, then it says how to save it")
    func utf16() {
        let bytes: [UInt8] = [0xFF, 0xFE, 0x24, 0x00]
        let reading = ConfigurationReader.read(bytes, file: "z.pm", environment: [:])
        #expect(reading.lines == ["z.pm: error: the file is UTF-16. Save it as UTF-8."])
    }

    /// A whole file whose `#` stands for a byte that Latin-1 has and UTF-8 has not.
    private func latin1(_ text: String) -> ConfigurationReading {
        ConfigurationReader.read(text.utf8.map { $0 == UInt8(ascii: "#") ? 0xFC : $0 }, file: "z.pm", environment: [:])
    }

    @Test("given Latin-1, when read, then it is a warning and the text is right")
    func latin1() {
        let text = Sample.file(Sample.backEnd(keys: "Name => 'Z#rich',")).replacing("use utf8;\n", with: "")
        let reading = latin1(text)
        #expect(reading.backEnd?.name == "Zürich")
        #expect(
            reading.lines == [
                "z.pm:1:1: warning: the file is not UTF-8 and has been read as Latin-1. Save it as UTF-8, with 'use utf8;'."
            ])
    }

    @Test("given Latin-1 that is said to be UTF-8, when read, then it is an error at the first such byte, as for Perl")
    func falseUTF8() {
        let text = "package Kernel::Config;\nuse utf8;\n" + Sample.backEnd(keys: "\nName => 'Z#rich',")
        let place = "z.pm:11:43: error: "
        let message =
            "this byte is no UTF-8, which 'use utf8' in line 2 promises, so Perl does not load the file. Save it as UTF-8."
        #expect(latin1(text).lines.contains(place + message))
    }

    @Test("given no back end, when read, then this is said")
    func noBackEnd() {
        #expect(
            read("package X;\n1;").lines == [
                "z.pm:1:1: error: no LDAP back end is configured. "
                    + "Add $Self->{CustomerUser} = { … } with Module => 'Kernel::System::CustomerUser::LDAP'."
            ])
    }

    @Test("given a byte order mark, tabs and wide characters, when something is wrong, then the column counts characters")
    func columns() {
        let text = "\u{FEFF}\t$Self->{'Ä漢😀'} = 1; $Self->{'Rollcall::Interval'} = 'x';" + Sample.backEnd()
        #expect(
            read(text).lines == [
                "z.pm:1:54: error: Rollcall::Interval is 'x'. Expected a whole number of seconds, 1 to 31536000."
            ])
    }

    @Test("given global keys, when read, then they are all there")
    func global() {
        let keys =
            "$Self->{'Rollcall::Interval'} = 60 * 2; $Self->{'Rollcall::Store'} = 'a.db'; $Self->{'Rollcall::ChangeLog'} = '/l';"
        let configuration = read(after: keys).configuration
        #expect(configuration?.intervalSeconds == 120)
        #expect(configuration?.storePath == "a.db")
        #expect(configuration?.changeLogPath == "/l")
        #expect(read().configuration?.intervalSeconds == 300)
    }

    @Test("given an unknown key of our own, when read, then it is a warning with the right name")
    func ownKeys() {
        #expect(
            read(after: "$Self->{'Rollcall::Intervall'} = 1;\n$Self->{'Rollcall::Store'} = '';").lines == [
                "z.pm:17:9: warning: Rollcall::Intervall is unknown to Rollcall and has no effect. Is 'Rollcall::Interval' meant?",
                "z.pm:18:30: error: Rollcall::Store is empty. Write a path, or remove the key for the default.",
            ])
    }

    // MARK: - Files

    /// Runs `body` with a temporary folder that is removed afterwards.
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func write(_ text: String, to file: URL, mode: Int) throws {
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    @Test("given an absent file or a folder, when read, then this is said")
    func unreadable() throws {
        try withFolder { folder in
            let absent = folder.appendingPathComponent("absent.pm").path
            let remedy = "Correct the path, or let Rollcall's user read it."
            #expect(
                ConfigurationReader.read(paths: [absent], environment: [:]).lines == [
                    "\(absent): error: the configuration cannot be read: it does not exist, or its folder is closed to Rollcall. "
                        + remedy
                ])
            #expect(
                ConfigurationReader.read(paths: [folder.path], environment: [:]).lines == [
                    "\(folder.path): error: the configuration cannot be read: it is a folder with neither Config.pm nor Config/Files in it. "
                        + remedy
                ])
        }
    }

    @Test("given a password file, when read, then its first line is the password")
    func passwordFile() throws {
        try withFolder { folder in
            try write("geheim \r\nmore\n", to: folder.appendingPathComponent("pw"), mode: 0o640)
            let parameters = "UserDN => 'cn=r', UserPw => 'other', UserPwFile => \"$ENV{CREDENTIALS_DIRECTORY}/pw\","
            let file = folder.appendingPathComponent("z.pm")
            try write(Sample.file(Sample.backEnd(parameters: parameters)), to: file, mode: 0o640)
            let reading = ConfigurationReader.read(paths: [file.path], environment: ["CREDENTIALS_DIRECTORY": folder.path])
            #expect(reading.lines == [])
            #expect(reading.backEnd?.connection.credentials == .simple(name: "cn=r", password: Secret("geheim ")))
        }
    }

    @Test("given a password file that others may read, when read, then it is a warning that names the remedy")
    func openPasswordFile() throws {
        let folder = try TestFolder()
        let password = folder["pw"]
        try write("geheim", to: URL(fileURLWithPath: password), mode: 0o644)
        let parameters = "UserDN => 'cn=r', UserPwFile => '\(password)',"
        let file = try folder.write(Sample.file(Sample.backEnd(parameters: parameters)), to: "z.pm")
        // Nobody else may enter the folder yet.
        #expect(ConfigurationReader.read(paths: [file], environment: [:]).lines == [])
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder.path)
        let reading = ConfigurationReader.read(paths: [file], environment: [:])
        #expect(
            reading.messages == [
                "warning: CustomerUser1 Params.UserPwFile '\(password)' may be read by every user of this machine. "
                    + "Close it with chmod 0640, or 0600."
            ])
        #expect(reading.backEnd?.connection.credentials == .simple(name: "cn=r", password: Secret("geheim")))
    }

    @Test("given a password file that is absent or empty, when read, then it is an error at its key")
    func unreadablePasswordFile() throws {
        try withFolder { folder in
            let empty = folder.appendingPathComponent("empty")
            try write("\n", to: empty, mode: 0o600)
            let file = folder.appendingPathComponent("z.pm")
            func lines(_ path: String) throws -> [String] {
                let parameters = "UserDN => 'cn=r', UserPwFile => '\(path)',"
                try Data(Sample.file(Sample.backEnd(parameters: parameters)).utf8).write(to: file)
                return ConfigurationReader.read(paths: [file.path], environment: [:]).messages
            }
            #expect(
                try lines("/nowhere/pw") == [
                    "error: CustomerUser1 Params.UserPwFile '/nowhere/pw' cannot be read: it does not exist, or its folder is "
                        + "closed to Rollcall. Correct the path, or let Rollcall's user read it."
                ])
            #expect(
                try lines(empty.path) == [
                    "error: CustomerUser1 Params.UserPwFile '\(empty.path)' has an empty first line. Write the password there."
                ])
        }
    }
}
