/// The seventh migration.
extension Schema {
    /// A change log that does not tell values of people (`Rollcall::ChangeLogValues`), and what the store knows beside it.
    static let privacy = """
        ALTER TABLE log_head ADD COLUMN change_log_values TEXT NOT NULL DEFAULT 'values'
            CHECK (change_log_values = 'values' OR change_log_values = 'names' OR change_log_values = 'digest');

        -- What the digests of the person's values are made with; NULL until there is one.
        ALTER TABLE person ADD COLUMN salt BLOB CHECK (salt IS NULL OR length(salt) = 32);

        -- A record that says less than the store has to know later, as it is known: without the chain.
        CREATE TABLE private_record (
            sequence INTEGER PRIMARY KEY,
            line BLOB NOT NULL
        ) STRICT;

        CREATE VIEW known_record AS
        SELECT change_record.sequence, change_record.cycle, ifnull(private_record.line, change_record.line) AS line
        FROM change_record LEFT JOIN private_record ON private_record.sequence = change_record.sequence;
        """
}
