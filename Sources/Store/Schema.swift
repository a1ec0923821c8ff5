import GRDB

/// The tables, and the views in the shape that OTRS-family SQL knows. Migrations are only ever appended.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 mirror, groups, change records") { db in
            try db.execute(sql: tables)
            try db.execute(sql: views)
        }
        migrator.registerMigration("2 strategies, approvals") { db in
            try db.execute(sql: strategies)
        }
        migrator.registerMigration("3 commands on groups, settings") { db in
            try db.execute(sql: groups)
        }
        migrator.registerMigration("4 members of LDAP groups") { db in
            try db.execute(sql: ruleGroups)
        }
        migrator.registerMigration("5 chain of records") { db in
            try db.execute(sql: chain)
        }
        migrator.registerMigration("6 what the log tells of Rollcall") { db in
            try db.execute(sql: log)
        }
        migrator.registerMigration("7 values that the log does not tell") { db in
            try db.execute(sql: privacy)
        }
        return migrator
    }

    /// Times are microseconds since 1970 (UTC). A person who is `gone` has left the directory and is never valid; one
    /// who is there may be invalid as well (CustomerUserValidFilter). Constraints avoid IN with
    /// three values or more, for which SQLite builds an index anew for every row.
    /// `person_cursor` has all that `MirrorCursor` reads, in its order.
    private static let tables = """
        CREATE TABLE counter (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO counter (name, value) VALUES ('sequence', 0);

        CREATE TABLE cycle (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            started INTEGER NOT NULL,
            finished INTEGER,
            outcome TEXT,
            first_sequence INTEGER NOT NULL,
            last_sequence INTEGER
        ) STRICT;

        CREATE TABLE back_end (
            slot INTEGER PRIMARY KEY CHECK (slot BETWEEN 0 AND 10),
            name TEXT NOT NULL,
            requires_groups INTEGER NOT NULL CHECK (requires_groups IN (0, 1)),
            is_configured INTEGER NOT NULL CHECK (is_configured IN (0, 1)),
            last_cycle INTEGER REFERENCES cycle (number),
            last_success INTEGER,
            strategy TEXT,
            coverage TEXT,
            failure TEXT,
            server TEXT,
            entries INTEGER NOT NULL DEFAULT 0,
            people INTEGER NOT NULL DEFAULT 0,
            unassigned INTEGER NOT NULL DEFAULT 0,
            incomplete INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE customer (
            customer_id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            valid_id INTEGER NOT NULL CHECK (valid_id BETWEEN 1 AND 3),
            create_time INTEGER NOT NULL,
            change_time INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE person (
            id INTEGER PRIMARY KEY,
            back_end INTEGER NOT NULL REFERENCES back_end (slot),
            directory_id BLOB NOT NULL CHECK (length(directory_id) = 16),
            fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 16),
            gone INTEGER NOT NULL CHECK (gone BETWEEN 0 AND 1),
            valid_id INTEGER NOT NULL CHECK (valid_id BETWEEN 1 AND 3 AND NOT (gone AND valid_id = 1)),
            login_key TEXT NOT NULL,
            login TEXT NOT NULL CHECK (login <> ''),
            email TEXT NOT NULL CHECK (email <> ''),
            customer_id TEXT NOT NULL REFERENCES customer (customer_id),
            customer_ids TEXT NOT NULL,
            title TEXT NOT NULL,
            first_name TEXT NOT NULL,
            last_name TEXT NOT NULL,
            phone TEXT NOT NULL,
            fax TEXT NOT NULL,
            mobile TEXT NOT NULL,
            street TEXT NOT NULL,
            zip TEXT NOT NULL,
            city TEXT NOT NULL,
            country TEXT NOT NULL,
            comments TEXT NOT NULL,
            extra TEXT NOT NULL CHECK (extra = '{}' OR json_valid(extra)),
            missing TEXT NOT NULL,
            create_time INTEGER NOT NULL,
            change_time INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX person_directory_id ON person (back_end, directory_id);
        CREATE INDEX person_cursor ON person (back_end, id, directory_id, fingerprint) WHERE NOT gone;
        CREATE UNIQUE INDEX person_login ON person (login_key) WHERE NOT gone;
        CREATE INDEX person_gone_login ON person (login_key) WHERE gone;
        CREATE INDEX person_incomplete ON person (back_end) WHERE missing <> '' AND NOT gone;

        CREATE TABLE person_customer (
            person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            customer_id TEXT NOT NULL REFERENCES customer (customer_id),
            PRIMARY KEY (person, customer_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX person_customer_customer ON person_customer (customer_id);

        CREATE TABLE held_removal (
            person INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
            back_end INTEGER NOT NULL REFERENCES back_end (slot),
            since_cycle INTEGER NOT NULL REFERENCES cycle (number),
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX held_removal_back_end ON held_removal (back_end);

        CREATE TABLE permission_type (
            position INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE user_group (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (name <> ''),
            comments TEXT NOT NULL,
            origin TEXT NOT NULL CHECK (origin IN ('configuration', 'manual')),
            valid_id INTEGER NOT NULL CHECK (valid_id BETWEEN 1 AND 3)
        ) STRICT;

        CREATE TABLE always_group (
            kind TEXT NOT NULL CHECK (kind IN ('customer-user', 'customer')),
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            PRIMARY KEY (kind, group_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE person_grant (
            person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            permission TEXT NOT NULL,
            source TEXT NOT NULL CHECK (source = 'manual' OR source = 'initial' OR source = 'rule'),
            rule TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (person, group_id, permission, source, rule)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX person_grant_group ON person_grant (group_id);

        CREATE TABLE customer_grant (
            customer_id TEXT NOT NULL REFERENCES customer (customer_id),
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            permission TEXT NOT NULL,
            context TEXT NOT NULL CHECK (context IN ('Ticket::CustomerID::Same', 'Ticket::CustomerID::Other')),
            source TEXT NOT NULL CHECK (source = 'manual' OR source = 'initial' OR source = 'rule'),
            rule TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (customer_id, group_id, permission, context, source, rule)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX customer_grant_group ON customer_grant (group_id);

        CREATE TABLE change_record (
            sequence INTEGER PRIMARY KEY,
            cycle INTEGER NOT NULL REFERENCES cycle (number),
            line BLOB NOT NULL
        ) STRICT;

        CREATE TABLE delivery (
            outlet TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE problem (
            slot INTEGER,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            message TEXT NOT NULL,
            first_cycle INTEGER NOT NULL REFERENCES cycle (number),
            last_cycle INTEGER NOT NULL REFERENCES cycle (number)
        ) STRICT;
        CREATE UNIQUE INDEX problem_subject ON problem (ifnull(slot, -1), kind, subject);
        """

    private static let views = """
        CREATE VIEW customer_user AS
        SELECT login, email, customer_id, title, first_name, last_name, phone, fax, mobile, street, zip, city, country,
            comments, valid_id, datetime(create_time / 1000000, 'unixepoch') AS create_time,
            datetime(change_time / 1000000, 'unixepoch') AS change_time
        FROM person
        WHERE NOT gone
            OR id = (SELECT max(latest.id) FROM person AS latest WHERE latest.login_key = person.login_key AND latest.gone)
            AND NOT EXISTS (SELECT 1 FROM person AS heir WHERE heir.login_key = person.login_key AND NOT heir.gone);

        CREATE VIEW customer_company AS
        SELECT customer_id, name, valid_id FROM customer;

        CREATE VIEW groups_table AS
        SELECT id, name, comments, valid_id FROM user_group;

        CREATE VIEW group_customer_user AS
        SELECT DISTINCT person.login AS user_id, person_grant.group_id, person_grant.permission AS permission_key,
            1 AS permission_value
        FROM person_grant JOIN person ON person.id = person_grant.person
        WHERE NOT person.gone
            OR person.id = (SELECT max(latest.id) FROM person AS latest WHERE latest.login_key = person.login_key AND latest.gone)
            AND NOT EXISTS (SELECT 1 FROM person AS heir WHERE heir.login_key = person.login_key AND NOT heir.gone);

        CREATE VIEW group_customer AS
        SELECT DISTINCT customer_id, group_id, permission AS permission_key, 1 AS permission_value,
            context AS permission_context
        FROM customer_grant;

        CREATE VIEW person_in_customer AS
        SELECT id AS person, customer_id FROM person
        UNION ALL
        SELECT person, customer_id FROM person_customer;

        CREATE VIEW effective_permission AS
        SELECT DISTINCT person.login AS login, user_group.name AS group_name, permission_type.name AS permission_key,
            'user:' || person_grant.source AS via
        FROM person
            JOIN person_grant ON person_grant.person = person.id
            JOIN user_group ON user_group.id = person_grant.group_id AND user_group.valid_id = 1
            JOIN permission_type ON person_grant.permission IN ('rw', permission_type.name)
        WHERE person.valid_id = 1
        UNION ALL
        SELECT DISTINCT person.login, user_group.name, permission_type.name, 'customer:' || customer_grant.customer_id
        FROM person
            JOIN person_in_customer ON person_in_customer.person = person.id
            JOIN customer ON customer.customer_id = person_in_customer.customer_id AND customer.valid_id = 1
            JOIN customer_grant ON customer_grant.customer_id = customer.customer_id
                AND customer_grant.context = 'Ticket::CustomerID::Same'
            JOIN user_group ON user_group.id = customer_grant.group_id AND user_group.valid_id = 1
            JOIN permission_type ON customer_grant.permission IN ('rw', permission_type.name)
        WHERE person.valid_id = 1
        UNION ALL
        SELECT person.login, user_group.name, permission_type.name, 'always'
        FROM person
            JOIN always_group ON always_group.kind = 'customer-user'
            JOIN user_group ON user_group.id = always_group.group_id AND user_group.valid_id = 1
            JOIN permission_type
        WHERE person.valid_id = 1
        UNION ALL
        SELECT person.login, user_group.name, permission_type.name, 'customer-always:' || customer.customer_id
        FROM person
            JOIN person_in_customer ON person_in_customer.person = person.id
            JOIN customer ON customer.customer_id = person_in_customer.customer_id AND customer.valid_id = 1
            JOIN always_group ON always_group.kind = 'customer'
            JOIN user_group ON user_group.id = always_group.group_id AND user_group.valid_id = 1
            JOIN permission_type
        WHERE person.valid_id = 1
        UNION ALL
        SELECT person.login, user_group.name, permission_type.name, 'unrestricted'
        FROM person
            JOIN back_end ON back_end.slot = person.back_end AND NOT back_end.requires_groups
            JOIN user_group ON user_group.valid_id = 1
            JOIN permission_type
        WHERE person.valid_id = 1;
        """
}
