/// The second migration.
extension Schema {
    /// What a reading of changes goes on from, who approved a held removal, and records that belong to no cycle. Who is
    /// unassigned or incomplete is counted when somebody asks.
    static let strategies = """
        CREATE TABLE reading_state (
            slot INTEGER PRIMARY KEY REFERENCES back_end (slot),
            strategy TEXT NOT NULL,
            cookie BLOB NOT NULL,
            lineage TEXT NOT NULL,
            request BLOB NOT NULL CHECK (length(request) = 16),
            surroundings BLOB NOT NULL CHECK (length(surroundings) = 16),
            sees_itself INTEGER NOT NULL CHECK (sees_itself BETWEEN 0 AND 1),
            member_counts TEXT NOT NULL CHECK (json_valid(member_counts)),
            last_complete INTEGER NOT NULL
        ) STRICT;

        ALTER TABLE back_end ADD COLUMN reason TEXT;
        ALTER TABLE back_end DROP COLUMN unassigned;
        ALTER TABLE back_end DROP COLUMN incomplete;

        ALTER TABLE held_removal ADD COLUMN kind TEXT NOT NULL DEFAULT 'absent';
        ALTER TABLE held_removal ADD COLUMN approved_by TEXT;
        ALTER TABLE held_removal ADD COLUMN approved_at INTEGER;

        -- Grants that a rule no longer gives: waiting for the end of the reading, or held since then.
        CREATE TABLE held_grant (
            person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            permission TEXT NOT NULL,
            rule TEXT NOT NULL,
            back_end INTEGER NOT NULL REFERENCES back_end (slot),
            since_cycle INTEGER REFERENCES cycle (number),
            reason TEXT,
            approved_by TEXT,
            approved_at INTEGER,
            PRIMARY KEY (person, group_id, permission, rule)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX held_grant_back_end ON held_grant (back_end);

        -- How many present people a customer has; gone: it was invalidated because the last one left, back_end's. Held is
        -- one whose invalidation waits for a person.
        ALTER TABLE customer ADD COLUMN people INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE customer ADD COLUMN gone INTEGER NOT NULL DEFAULT 0 CHECK (gone BETWEEN 0 AND 1);
        ALTER TABLE customer ADD COLUMN back_end INTEGER REFERENCES back_end (slot);
        UPDATE customer SET people = counted.people FROM (
            SELECT person_in_customer.customer_id, count(*) AS people
            FROM person_in_customer JOIN person ON person.id = person_in_customer.person AND NOT person.gone
            GROUP BY person_in_customer.customer_id) AS counted
        WHERE counted.customer_id = customer.customer_id;
        CREATE INDEX customer_empty ON customer (back_end) WHERE people = 0 AND valid_id = 1;

        CREATE TABLE held_customer (
            customer_id TEXT PRIMARY KEY REFERENCES customer (customer_id),
            back_end INTEGER REFERENCES back_end (slot),
            since_cycle INTEGER NOT NULL REFERENCES cycle (number),
            reason TEXT NOT NULL,
            approved_by TEXT,
            approved_at INTEGER
        ) STRICT, WITHOUT ROWID;

        -- When somebody who was gone came back last.
        ALTER TABLE person ADD COLUMN returned INTEGER;

        -- Until when the account is good. That it ends changes nothing in the directory.
        ALTER TABLE person ADD COLUMN expires INTEGER;
        CREATE INDEX person_expires ON person (back_end, expires) WHERE expires IS NOT NULL AND valid_id = 1;

        -- Who wants a login that somebody else has, so that they get it when it is free.
        ALTER TABLE problem ADD COLUMN directory_id BLOB;
        ALTER TABLE problem ADD COLUMN login_key TEXT;

        CREATE TABLE change_record_of_any (
            sequence INTEGER PRIMARY KEY,
            cycle INTEGER REFERENCES cycle (number),
            line BLOB NOT NULL
        ) STRICT;
        INSERT INTO change_record_of_any (sequence, cycle, line) SELECT sequence, cycle, line FROM change_record;
        DROP TABLE change_record;
        ALTER TABLE change_record_of_any RENAME TO change_record;
        """
}
