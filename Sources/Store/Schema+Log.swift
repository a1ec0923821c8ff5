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

        -- The last record that the store has given up, 0 for none, and when such were looked for.
        CREATE TABLE seal (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            time INTEGER NOT NULL
        ) STRICT;
        INSERT INTO seal (only, sequence, hash, time) VALUES (1, 0, zeroblob(32), 0);
        """
}
