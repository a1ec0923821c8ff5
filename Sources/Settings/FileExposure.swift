import Foundation

/// Whether a secret in a file is one.
enum FileExposure {
    /// Whether users who are neither its owner nor in its group may read the file: they may enter every folder above it,
    /// and the file lets them.
    static func isReadableByOthers(_ path: String) -> Bool {
        var url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard allowsOthers(url, 0o004) else { return false }
        while url.path != "/" {
            url.deleteLastPathComponent()
            if !allowsOthers(url, 0o001) { return false }
        }
        return true
    }

    private static func allowsOthers(_ url: URL, _ bit: Int) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
        return ((attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0) & bit != 0
    }
}
