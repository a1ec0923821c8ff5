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

    /// What Perl has in `$Self` after each of these `Load` bodies, as canonical JSON with every scalar as text and
    /// `Rollcall::` before every top-level key.
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
            sub show {
                my $all = plain(shift);
                print JSON::PP->new->canonical->utf8->encode({ map { ("Rollcall::$_" => $all->{$_}) } keys %$all }), "\\n";
            }

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

/// What Rollcall has in `$Self` after a `Load` body, as `Perl.settings` writes it.
func settings(_ body: String) -> String {
    var run = SettingsRun(environment: [:]) { _ in true }
    run.run([SourceFile(path: "z.pm", bytes: Array(Sample.file(body).utf8))])
    var own = Hash()
    for pair in run.settings().pairs where pair.keyOffset > 0 {
        own.set(pair.value.withTexts, for: "Rollcall::" + pair.key, keyOffset: pair.keyOffset)
    }
    var dump = SettingsDump(showsSecrets: true)
    return dump.json(of: own)
}

extension Value {
    /// The same with every number as text.
    fileprivate var withTexts: Value {
        switch content {
        case .undefined, .text: return self
        case .number(let number): return Value(.text(number.text), at: offset)
        case .unknown: return Value(.text("unknown"), at: offset)
        case .list(let list): return Value(.list(List(list.elements.map(\.withTexts))), at: offset)
        case .hash(let hash):
            var texts = Hash()
            for pair in hash.pairs { texts.set(pair.value.withTexts, for: pair.key, keyOffset: pair.keyOffset) }
            return Value(.hash(texts), at: offset)
        }
    }
}
