/// The fourth migration.
extension Schema {
    /// Who is in the LDAP groups that decide about grants, so that a changed group concerns its changed members alone. Rows and
    /// groups from before get theirs at the next reading of everybody, which the new fingerprints bring about.
    static let ruleGroups = """
        -- A digest of the canonical DN, by which LDAP groups name the person; NULL where no rule is about LDAP groups.
        ALTER TABLE person ADD COLUMN dn_key BLOB CHECK (length(dn_key) = 16);
        CREATE INDEX person_dn_key ON person (dn_key) WHERE dn_key IS NOT NULL;

        -- Members: digests of canonical DNs, 16 bytes each, ascending, and logins. Settled: the mirror agrees with them.
        CREATE TABLE rule_group (
            back_end INTEGER NOT NULL REFERENCES back_end (slot),
            dn TEXT NOT NULL,
            counts_nested INTEGER NOT NULL CHECK (counts_nested BETWEEN 0 AND 1),
            is_settled INTEGER NOT NULL CHECK (is_settled BETWEEN 0 AND 1),
            count INTEGER NOT NULL,
            dns BLOB NOT NULL CHECK (length(dns) % 16 = 0),
            logins TEXT NOT NULL CHECK (json_valid(logins)),
            stamps TEXT CHECK (stamps IS NULL OR json_valid(stamps)),
            UNIQUE (back_end, dn, counts_nested)
        ) STRICT;
        INSERT INTO rule_group (back_end, dn, counts_nested, is_settled, count, dns, logins)
        SELECT slot, key, 0, 0, value, x'', '[]' FROM reading_state, json_each(member_counts);
        ALTER TABLE reading_state DROP COLUMN member_counts;
        """
}
