import Support
import Testing

@testable import Settings

/// The real Perl, which is the judge of what a file means. A missing perl fails the test.
enum Perl {
    /// Runs perl, on a program if there is one.
    static func run(_ arguments: [String], program: String? = nil) throws -> Outcome {
        let folder = try TestFolder()
        let script = try program.map { [try folder.write($0, to: "program.pl")] } ?? []
        return try Support.run("/usr/bin/env", ["perl"] + arguments + script)
    }

    /// What Perl has in `$Self` after each of these `Load` bodies, as canonical JSON with every scalar as text.
    static func settings(_ bodies: [String]) throws -> [String] {
        var program = """
            use utf8; use JSON::PP;
            sub Translatable { return shift } sub decode_utf8 { return shift }
            sub plain {
                my $x = shift;
                return { map { $_ => plain($x->{$_}) } keys %$x } if ref $x eq 'HASH';
                return [ map { plain($_) } @$x ] if ref $x eq 'ARRAY';
                return defined $x ? "$x" : undef;
            }
            sub show { print JSON::PP->new->canonical->utf8->encode(plain(shift)), "\\n" }

            """
        for (number, body) in bodies.enumerated() {
            program += "sub Load\(number) {\nmy ($File, $Self) = @_;\n\(body)\nreturn;\n}\n"
            program += "{ my $Self = {}; Load\(number)('', $Self); show($Self); }\n"
        }
        let result = try run([], program: program)
        #expect(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }
}

extension Value {
    /// Canonical JSON with every scalar as text, as `Perl.settings` writes it.
    var json: String {
        switch content {
        case .undefined: return "null"
        case .text, .number: return Self.quoted(text ?? "")
        case .unknown: return "unknown"
        case .list(let list): return "[" + list.elements.map(\.json).joined(separator: ",") + "]"
        case .hash(let hash):
            let sorted = hash.pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            return "{" + sorted.map { Self.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    private static let escapes: [UnicodeScalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{8}": "\\b", "\u{C}": "\\f",
    ]

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if let escape = escapes[scalar] {
                result += escape
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// What Rollcall has in `$Self` after a `Load` body, as `Perl.settings` writes it.
func settings(_ body: String) -> String {
    var run = SettingsRun(environment: [:]) { _ in true }
    run.run([SourceFile(path: "z.pm", bytes: Array(Sample.file(body).utf8))])
    var own = Hash()
    for pair in run.settings().pairs where pair.keyOffset > 0 { own.set(pair.value, for: pair.key, keyOffset: pair.keyOffset) }
    return Value(.hash(own), at: 0).json
}
