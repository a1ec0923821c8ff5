extension Schema {
    /// The indexes of `person` that a filling of the empty store makes at its end (`FirstFill`), as the schema has them.
    static let personIndexes = [
        PersonIndex("person_directory_id", isUnique: true, on: "(back_end, directory_id)"),
        PersonIndex("person_cursor", isUnique: false, on: "(back_end, id, directory_id, fingerprint) WHERE NOT gone"),
        PersonIndex("person_login", isUnique: true, on: "(login_key) WHERE NOT gone"),
        PersonIndex("person_exact_login", isUnique: false, on: "(login)"),
        PersonIndex("person_dn_key", isUnique: false, on: "(dn_key) WHERE dn_key IS NOT NULL"),
        PersonIndex("person_customer_id", isUnique: false, on: "(customer_id)"),
    ]

    struct PersonIndex {
        let name: String
        /// Makes it if it is missing.
        let sql: String

        fileprivate init(_ name: String, isUnique: Bool, on columns: String) {
            self.name = name
            sql = "CREATE \(isUnique ? "UNIQUE " : "")INDEX IF NOT EXISTS \(name) ON person \(columns)"
        }
    }
}
