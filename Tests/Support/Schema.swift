import Foundation

/// The JSON Schema of the change log, as a validator of its own applies it.
package enum Schema {
    package static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/change-log.schema.json").path

    private static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("ValidateRecords.py").path

    /// - Returns: 0 when each line of the file is a record, 1 and which one is not.
    package static func validate(_ log: String) throws -> Outcome {
        try run("/usr/bin/python3", [program, path, log])
    }
}
