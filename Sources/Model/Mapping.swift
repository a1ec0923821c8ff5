/// A fixed column of the mirror, in column order.
package enum Field: Int, Sendable, Hashable, CaseIterable {
    case login, email, customerID, customerIDs, title, firstName, lastName, phone, fax, mobile, street, zip, city, country
    case comments

    /// The Map variable of the ticket system, such as `UserLogin`.
    package var variable: String { Self.variables[rawValue] }

    /// The column of the store and the name in change records, such as `first_name`.
    package var column: String { Self.columns[rawValue] }

    package init?(variable: String) {
        guard let index = Self.variables.firstIndex(of: variable) else { return nil }
        self = Self.allCases[index]
    }

    /// Without these there is no customer user.
    package static let essential: [Field] = [.login, .email, .customerID]

    private static let variables = [
        "UserLogin", "UserEmail", "UserCustomerID", "UserCustomerIDs", "UserTitle", "UserFirstname", "UserLastname",
        "UserPhone", "UserFax", "UserMobile", "UserStreet", "UserZip", "UserCity", "UserCountry", "UserComment",
    ]

    private static let columns = [
        "login", "email", "customer_id", "customer_ids", "title", "first_name", "last_name", "phone", "fax", "mobile",
        "street", "zip", "city", "country", "comments",
    ]
}

/// Which attribute of an entry becomes which value of a customer user: the back end's `Map`.
package struct Mapping: Sendable, Hashable {
    /// One row of `Map` that reads an attribute.
    package struct Row: Sendable, Hashable {
        package var target: Target
        /// The LDAP attribute, without options.
        package var attribute: String
        /// Marked as required in `Map`; missing makes the customer user incomplete.
        package var isRequired: Bool

        package init(_ target: Target, from attribute: String, isRequired: Bool = false) {
            self.target = target
            self.attribute = attribute
            self.isRequired = isRequired
        }
    }

    package enum Target: Sendable, Hashable {
        case field(Field)
        /// A free name or a dynamic field, such as `DynamicField_Floor`.
        case extra(String)

        /// The Map variable.
        package var variable: String {
            switch self {
            case .field(let field): field.variable
            case .extra(let name): name
            }
        }
    }

    /// `CustomerKey`: the attribute that names a person in searches.
    package var keyAttribute: String
    /// In the order of `Map`; each target once, the essential fields always there.
    package var rows: [Row]

    package init(keyAttribute: String, rows: [Row]) {
        self.keyAttribute = keyAttribute
        self.rows = rows
    }

    /// The row that fills `field`.
    package func row(for field: Field) -> Row? { rows.first { $0.target == .field(field) } }
}
