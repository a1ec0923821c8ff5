import Foundation

/// A folder of a test's own, with a path short enough for sockets; removed when the test lets go of it.
package final class TestFolder: Sendable {
    package let path: String

    /// - Parameter parent: where it is made.
    package init(below parent: String = "/tmp") throws {
        var template = Array("\(parent)/rollcall-test.XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw TestFailure("no temporary folder: \(String(cString: strerror(errno)))")
        }
        path = String(cString: made)
    }

    deinit {
        StoredRecords.collect(from: path)
        try? FileManager.default.removeItem(atPath: path)
    }

    package subscript(name: String) -> String { path + "/" + name }

    /// Writes `text` to `name` and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: self[name], atomically: true, encoding: .utf8)
        return self[name]
    }
}

/// A file that somebody else makes; removed when the test lets go of it.
final class RemovedFile: Sendable {
    private let path: String

    init(_ path: String) { self.path = path }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Something that a test needs did not come about.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
