import Foundation

/// The only place of this module, with `FileExposure`, that looks at files.
extension ConfigurationReader {
    /// Reads files and folders in the given order, and the password files that they name.
    ///
    /// - Parameter paths: files, or folders such as `Kernel`, which stand for their files in the ticket system's order.
    package static func read(paths: [String], environment: [String: String]) -> ConfigurationReading {
        var files: [SourceFile] = []
        var problems: [Diagnostic] = []
        for path in paths.flatMap(ConfigurationFolder.files) {
            do {
                let bytes = try content(of: path, limit: ForeignFile.byteLimit + 1)
                files.append(SourceFile(path: path, bytes: bytes, isReadableByOthers: FileExposure.isReadableByOthers(path)))
            } catch {
                let message =
                    "the configuration cannot be read: \(error.reason). Correct the path, or let Rollcall's user read it."
                problems.append(Diagnostic(.error, file: path, message: message))
            }
        }
        return read(
            files, problems: problems, environment: environment, readPassword: passwordFile,
            isExposed: FileExposure.isReadableByOthers)
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
        // A link to nothing has attributes of its own.
        guard FileManager.default.fileExists(atPath: resolved),
            let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
        else {
            throw Unreadable(reason: "it does not exist, or its folder is closed to Rollcall")
        }
        let type = attributes[.type] as? FileAttributeType
        if type == .typeDirectory { throw Unreadable(reason: "it is a folder with neither Config.pm nor Config/Files in it") }
        guard type == .typeRegular else { throw Unreadable(reason: "it is no regular file") }
        guard let handle = FileHandle(forReadingAtPath: resolved) else { throw Unreadable(reason: "permission denied") }
        defer { try? handle.close() }
        do {
            return Array(try handle.read(upToCount: limit) ?? Data())
        } catch {
            throw Unreadable(reason: error.localizedDescription)
        }
    }
}

/// The ticket system's folder of configurations.
enum ConfigurationFolder {
    /// The files that a path stands for. For a folder: `Config.pm`, then `Config/Files/*.pm` by name, then `Config.pm`
    /// again, which therefore wins, as the ticket system loads them. The folder may be `Kernel` or the one around it.
    static func files(_ path: String) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
        let kernel = [folder, folder + "/Kernel"].first { exists($0 + "/Config.pm") || exists($0 + "/Config/Files") }
        guard let kernel else { return [path] }
        let main = exists(kernel + "/Config.pm") ? [kernel + "/Config.pm"] : []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: kernel + "/Config/Files")) ?? []
        let own = names.filter { $0.hasSuffix(".pm") && !$0.hasPrefix(".") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return main + own.map { "\(kernel)/Config/Files/\($0)" } + main
    }

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
