/// The sixth migration.
extension Schema {
    /// What the change log tells of Rollcall itself.
    static let log = """
        -- When the last record was made, which the next one is never before.
        ALTER TABLE log_head ADD COLUMN time INTEGER NOT NULL DEFAULT 0;

        -- The one that is in force, and the last one that was refused since, so that each is told of once.
        CREATE TABLE configuration (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            digest TEXT NOT NULL,
            rejection TEXT
        ) STRICT;
        INSERT INTO configuration (only, digest) VALUES (1, '');
        """
}
