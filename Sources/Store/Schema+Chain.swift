/// The fifth migration.
extension Schema {
    /// The hash of the last record. Records from before have none: the chain begins after them.
    static let chain = """
        CREATE TABLE log_head (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        INSERT INTO log_head (only, hash) VALUES (1, zeroblob(32));
        """
}
