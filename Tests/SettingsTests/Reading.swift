import Foundation
import Model

@testable import Settings

/// A configuration with one complete back end; tests add to it or replace a part.
enum Sample {
    static let map = """
        Map => [
            [ 'UserLogin', 'Login', 'uid', 1, 1, 'var' ],
            [ 'UserEmail', 'E-mail', 'mail', 1, 1, 'var' ],
            [ 'UserCustomerID', 'Customer', 'o', 1, 1, 'var' ],
        ],
        """

    /// A whole file around the statements of `Load`.
    static func file(_ statements: String) -> String {
        "package Kernel::Config::Files::z;\nuse utf8;\nsub Load {\nmy ($File, $Self) = @_;\n\(statements)\nreturn;\n}\n1;\n"
    }

    /// The statement that sets `CustomerUser1`. `parameters` and `keys` come last, so they replace what stands before.
    static func backEnd(_ key: String = "CustomerUser1", parameters: String = "", keys: String = "") -> String {
        """
        $Self->{\(key)} = {
            Module => 'Kernel::System::CustomerUser::LDAP',
            Params => { Host => 'ldaps://ldap.acme.example', BaseDN => 'dc=acme,dc=example', SSCOPE => 'sub',
                \(parameters) },
            CustomerKey => 'uid', CustomerID => 'o',
            \(map)
            \(keys)
        };
        """
    }
}

/// Reads a file called `z.pm`.
func read(_ text: String, environment: [String: String] = [:]) -> ConfigurationReading {
    ConfigurationReader.read(Array(text.utf8), file: "z.pm", environment: environment)
}

/// Reads one complete back end and what stands after it.
func read(parameters: String = "", keys: String = "", after: String = "") -> ConfigurationReading {
    read(Sample.file(Sample.backEnd(parameters: parameters, keys: keys) + "\n" + after))
}

extension ConfigurationReading {
    /// All findings as they are printed.
    var lines: [String] { diagnostics.map(\.description) }

    /// The findings without their place, which is what most tests are about.
    var messages: [String] { diagnostics.map { "\($0.severity.rawValue): \($0.message)" } }

    var backEnd: BackEnd? { configuration?.backEnds.first }
}

/// The folder of this checkout.
let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

let shippedSample = checkout.appendingPathComponent("config/ZZZ_CustomerBackend.pm").path
