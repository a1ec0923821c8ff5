import Foundation

/// The only file access of this module.
extension ConfigurationReader {
    /// Reads the file at `path`, and the password files that it names.
    package static func read(path: String, environment: [String: String]) -> ConfigurationReading {
        do {
            let bytes = try content(of: path, limit: ForeignFile.byteLimit + 1)
            return read(bytes, file: path, environment: environment, readPassword: passwordFile)
        } catch {
            let message = "the configuration cannot be read: \(error.reason). Correct the path, or let Rollcall's user read it."
            return ConfigurationReading(
                configuration: nil, storePath: nil, diagnostics: [Diagnostic(.error, file: path, message: message)])
        }
    }

    /// A password file.
    private static func passwordFile(at path: String) throws(PasswordFileProblem) -> PasswordFile {
        let bytes: [UInt8]
        do {
            bytes = try content(of: path, limit: 65_536)
        } catch {
            throw PasswordFileProblem(reason: error.reason)
        }
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let text = String(validating: line, as: UTF8.self) else { throw PasswordFileProblem(reason: "it is not UTF-8") }
        return PasswordFile(password: text, isReadableByOthers: FileExposure.isReadableByOthers(path))
    }

    private struct Unreadable: Error {
        let reason: String
    }

    /// At most `limit` bytes of a regular file.
    private static func content(of path: String, limit: Int) throws(Unreadable) -> [UInt8] {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved) else {
            throw Unreadable(reason: "it does not exist, or its folder is closed to Rollcall")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else { throw Unreadable(reason: "it is no regular file") }
        guard let handle = FileHandle(forReadingAtPath: resolved) else { throw Unreadable(reason: "permission denied") }
        defer { try? handle.close() }
        do {
            return Array(try handle.read(upToCount: limit) ?? Data())
        } catch {
            throw Unreadable(reason: error.localizedDescription)
        }
    }
}
