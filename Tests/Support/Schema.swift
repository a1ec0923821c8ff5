import Foundation

/// The JSON Schema of the change log, as a validator of its own applies it.
package enum Schema {
    package static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/change-log.schema.json").path

    private static let program = """
        import fastjsonschema, json, sys
        validate = fastjsonschema.compile(json.load(open(sys.argv[1])))
        for number, line in enumerate(open(sys.argv[2], encoding="utf-8", newline="\\n"), 1):
            try:
                validate(json.loads(line))
            except Exception as problem:
                print(f"{sys.argv[2]}:{number}: {problem}")
                sys.exit(1)
        """

    /// - Returns: 0 when each line of the file is a record, 1 and which one is not.
    package static func validate(_ log: String) throws -> Outcome {
        try run("/usr/bin/python3", ["-c", program, path, log])
    }
}
