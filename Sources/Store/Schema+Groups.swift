/// The third migration.
extension Schema {
    /// What people change by command: grants that rules are not to give, settings, which records one command made.
    static let groups = """
        -- The record that told of it; 0 for what is older than this column.
        ALTER TABLE always_group ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE back_end ADD COLUMN on_missing_group TEXT NOT NULL DEFAULT 'report';

        -- Would be valid, but for a group that its back end demands (OnMissingGroup).
        ALTER TABLE person ADD COLUMN lacks_group INTEGER NOT NULL DEFAULT 0 CHECK (lacks_group BETWEEN 0 AND 1);
        CREATE INDEX person_lacks_group ON person (back_end) WHERE lacks_group;

        -- For those who ask the views for one login, and for who belongs to a customer.
        CREATE INDEX person_exact_login ON person (login);
        CREATE INDEX person_customer_id ON person (customer_id);

        DROP VIEW effective_permission;
        \(effectivePermissions)

        CREATE TABLE withheld_permission (
            person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            permission TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (person, group_id, permission)
        ) STRICT, WITHOUT ROWID;

        -- What rules give to people from whom it is withheld: held again on release.
        CREATE TABLE kept_away (
            person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            permission TEXT NOT NULL,
            rule TEXT NOT NULL,
            PRIMARY KEY (person, group_id, permission, rule)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE withheld_customer_permission (
            customer_id TEXT NOT NULL REFERENCES customer (customer_id),
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            context TEXT NOT NULL CHECK (context IN ('Ticket::CustomerID::Same', 'Ticket::CustomerID::Other')),
            permission TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (customer_id, group_id, context, permission)
        ) STRICT, WITHOUT ROWID;

        -- Which attribute rules for customers a person matches: their customers hold what those give.
        CREATE TABLE customer_rule_match (
            person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            rule TEXT NOT NULL,
            PRIMARY KEY (person, rule)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX customer_rule_match_rule ON customer_rule_match (rule);

        -- What rules no longer give to customers, and the removal guard keeps.
        CREATE TABLE held_customer_grant (
            customer_id TEXT NOT NULL REFERENCES customer (customer_id),
            context TEXT NOT NULL,
            group_id INTEGER NOT NULL REFERENCES user_group (id),
            permission TEXT NOT NULL,
            rule TEXT NOT NULL,
            back_end INTEGER NOT NULL REFERENCES back_end (slot),
            since_cycle INTEGER NOT NULL REFERENCES cycle (number),
            reason TEXT NOT NULL,
            approved_by TEXT,
            approved_at INTEGER,
            PRIMARY KEY (customer_id, context, group_id, permission, rule)
        ) STRICT, WITHOUT ROWID;

        -- A back end that demands groups, and more people without one than the removal guard lets pass.
        CREATE TABLE held_requirement (
            back_end INTEGER PRIMARY KEY REFERENCES back_end (slot),
            people INTEGER NOT NULL,
            since_cycle INTEGER NOT NULL REFERENCES cycle (number),
            reason TEXT NOT NULL,
            approved_by TEXT,
            approved_at INTEGER
        ) STRICT;

        -- One command of a person: the records that it made in one transaction.
        CREATE TABLE command (
            first_sequence INTEGER PRIMARY KEY,
            last_sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT;

        -- What counts now, and from where: 'default', 'configuration', or 'deployment N'.
        CREATE TABLE setting_in_force (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL CHECK (json_valid(value)),
            origin TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- What was set by command: as it is to be (value NULL: as the configuration has it), and each deployment in full.
        CREATE TABLE staged_setting (
            key TEXT PRIMARY KEY,
            value TEXT CHECK (value IS NULL OR json_valid(value)),
            actor TEXT NOT NULL,
            time INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE deployment (
            number INTEGER PRIMARY KEY,
            sequence INTEGER NOT NULL,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            comment TEXT NOT NULL
        ) STRICT;
        CREATE TABLE deployed_setting (
            deployment INTEGER NOT NULL REFERENCES deployment (number) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL CHECK (json_valid(value)),
            PRIMARY KEY (deployment, key)
        ) STRICT, WITHOUT ROWID;
        """

    /// Each arm begins with what one login has, and the customers of a person are looked up in two arms, so that nothing is
    /// gone through for it. The further customers of a person never have the primary one among them.
    private static let effectivePermissions = """
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
            JOIN customer ON customer.customer_id = person.customer_id AND customer.valid_id = 1
            JOIN customer_grant ON customer_grant.customer_id = customer.customer_id
                AND customer_grant.context = 'Ticket::CustomerID::Same'
            JOIN user_group ON user_group.id = customer_grant.group_id AND user_group.valid_id = 1
            JOIN permission_type ON customer_grant.permission IN ('rw', permission_type.name)
        WHERE person.valid_id = 1
        UNION ALL
        SELECT DISTINCT person.login, user_group.name, permission_type.name, 'customer:' || customer_grant.customer_id
        FROM person
            JOIN person_customer ON person_customer.person = person.id
            JOIN customer ON customer.customer_id = person_customer.customer_id AND customer.valid_id = 1
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
            JOIN customer ON customer.customer_id = person.customer_id AND customer.valid_id = 1
            JOIN always_group ON always_group.kind = 'customer'
            JOIN user_group ON user_group.id = always_group.group_id AND user_group.valid_id = 1
            JOIN permission_type
        WHERE person.valid_id = 1
        UNION ALL
        SELECT person.login, user_group.name, permission_type.name, 'customer-always:' || customer.customer_id
        FROM person
            JOIN person_customer ON person_customer.person = person.id
            JOIN customer ON customer.customer_id = person_customer.customer_id AND customer.valid_id = 1
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
