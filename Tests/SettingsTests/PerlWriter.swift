import Support

/// Writes random configurations in the forms that Rollcall reads, from a seed. Whether a form was used rightly is for perl
/// to say; the writer only keeps away from what Perl stops at.
struct PerlWriter {
    /// What a value is, as far as later statements have to know.
    indirect enum Shape {
        case scalar
        case list([Shape])
        case hash([(key: String, shape: Shape)])
    }

    /// How a file is framed.
    enum Frame: CaseIterable {
        /// `Kernel::Config`, `Kernel::Config::Files::X`, or statements alone.
        case main, file, bare
    }

    var random: Seeded
    let frame: Frame
    /// `use utf8` is in force.
    let isUTF8: Bool
    /// The file is ASCII but for what Latin-1 has.
    let isLatin1: Bool
    private(set) var text = ""
    /// Bodies of here-documents that begin on the next line.
    var awaited: [String] = []
    /// What `$Self` holds: the top-level keys that concern Rollcall.
    var settings: [(key: String, shape: Shape)] = []
    /// Variables by what they hold.
    var scalars: [String] = []
    var arrays: [(name: String, count: Int, isPlain: Bool)] = []
    var hashes: [(name: String, keys: [String])] = []
    var references: [(name: String, shape: Shape)] = []
    private var nextName = 0
    var depth = 0

    init(seed: UInt64) {
        var random = Seeded(seed)
        let isUTF8 = random.number(0..<3) > 0
        frame = Frame.allCases[random.number(0..<3)]
        isLatin1 = !isUTF8 && random.oneIn(4)
        self.isUTF8 = isUTF8
        self.random = random
    }

    /// The bytes of a whole file.
    static func file(seed: UInt64) -> (name: String, bytes: [UInt8]) {
        var writer = PerlWriter(seed: seed)
        writer.writeFile()
        return (writer.frame == .main ? "Config.pm" : "X.pm", writer.bytes())
    }

    private mutating func bytes() -> [UInt8] {
        if random.oneIn(8) { text = text.replacing("\n", with: "\r\n") }
        if isLatin1 { return text.unicodeScalars.map { UInt8($0.value) } }
        return (random.oneIn(8) ? [0xEF, 0xBB, 0xBF] : []) + Array(text.utf8)
    }

    // MARK: - Small things

    mutating func pick<Item>(_ items: [Item]) -> Item { items[random.number(0..<items.count)] }

    mutating func chance(_ percent: Int) -> Bool { random.number(0..<100) < percent }

    mutating func freshName(_ stem: String) -> String {
        nextName += 1
        return "\(stem)\(nextName)"
    }

    /// White space where Perl allows any; on one line where a here-document awaits the next.
    mutating func gap() -> String {
        switch random.number(0..<12) {
        case 0: return "  "
        case 1: return "\t"
        case 2 where awaited.isEmpty: return "\n"
        case 3 where awaited.isEmpty: return " # it's a comment => with ( [ { \"\n "
        case 4...6: return ""
        default: return " "
        }
    }

    /// A whole line; the bodies of its here-documents follow.
    mutating func line(_ code: String) {
        text += code + (chance(20) ? " # note; 'x" : "") + "\n" + awaited.joined()
        awaited = []
    }

    // MARK: - The file

    private mutating func writeFile() {
        if chance(20) { line("#!/usr/bin/perl") }
        if chance(15) { pod() }
        if frame != .bare { line("package \(frame == .main ? "Kernel::Config" : "Kernel::Config::Files::X");") }
        pragmas()
        if chance(30) { line("our $VERSION = '1.0';") }
        if chance(30) { otherSub() }
        if frame == .bare {
            line("$Self->{'Rollcall::X'} = 1;")
            statements(random.number(4..<16))
        } else {
            load()
        }
        if chance(30) { otherSub() }
        if chance(15) { pod() }
        line(pick(["1;", "1", "'true';"]))
        if chance(20) { text += pick(["__END__", "__DATA__"]) + "\n$Self->{CustomerUser9} = { ' };\n" }
    }

    private mutating func pragmas() {
        if frame != .bare, chance(70) { line("use strict;") }
        if chance(50) { line("use warnings;") }
        if isUTF8 { line("use utf8;") }
        if chance(10) { line("no warnings 'once';") }
    }

    private mutating func load() {
        line("sub Load" + pick([" {", "\n{", " { # settings"]))
        line(
            frame == .main
                ? pick(["my $Self = shift;", "my ($Self) = @_;", "my $Self = shift @_;", "my ( $Self, %Param ) = @_;"])
                : pick(["my ($File, $Self) = @_;", "my ( $File , $Self )=@_;", "my $File = shift; my $Self = shift;"]))
        statements(random.number(4..<16))
        if chance(60) {
            line(pick(["return;", "return 1;", "return $Self;", "return (1);"]))
            if chance(30) { line("$Self->{CustomerUser9} = 'never';") }
        }
        line("}")
    }

    private mutating func pod() { text += "\n=pod\n\n$Self->{CustomerUser9} = 'it''s { pod';\n\n=cut\n\n" }

    private mutating func otherSub() {
        line("sub \(freshName("Other")) { my ($Self, %P) = @_; return $P{a} =~ m/[\"'}]/ ? { b => 1 } : [ \"}\" ]; }")
    }

    // MARK: - Statements

    mutating func statements(_ count: Int) {
        for _ in 0..<count { statement() }
    }

    private mutating func statement() {
        switch random.number(0..<22) {
        case 0...5: assignTop()
        case 6...9: assignElement()
        case 10, 11: pushStatement()
        case 12: deleteElement()
        case 13, 14: declare()
        case 15: alter()
        case 16: assignSeveral()
        case 17: replaceAll()
        case 18: block()
        default: foreign()
        }
    }

    private mutating func block() {
        guard depth < 3 else { return }
        let outer = (scalars, arrays, hashes, references)
        depth += 1
        line("{ ;")
        statements(random.number(1..<4))
        line("}")
        depth -= 1
        (scalars, arrays, hashes, references) = outer
    }

    /// What does not concern Rollcall.
    private mutating func foreign() {
        line(
            pick([
                #"$Self->{DatabaseHost} = "it's $0 here";"#, "$Self->{'PostMaster::X'} = sub { return qr/[}'\"]/ };",
                "$Self->{Foo}->{Bar}->[2] = { map { $_ => 1 } qw(a b) };", "if (0) { print '}'; } else { my $z = 'x' . 1; }",
                "for my $i (1 .. 2) { my $s = \"$i}\"; $s =~ s/x'/y\"/g; }", "my $c = 10 / 2; my $d = $c / 5; # / 'x",
                "print '' if 1 < 2 && 2 > 1;", "$Self->{Regex} = qr{ \\d+ ' }x;", "my %seen = (); $seen{a}++;", ";;", "{ ; }",
                "$Self->{Ternary} = 1 ? 'a' : 'b';", "my @sorted = sort { $a cmp $b } grep { /x/ } qw(x y);",
            ]))
    }

    // MARK: - Places

    mutating func topKey() -> String {
        pick([
            "CustomerUser", "CustomerUser1", "CustomerUser2", "CustomerUser10", "CustomerGroupAlwaysGroupsX",
            "CustomerGroupPermissionContext", "CustomerCompany", "CustomerCompanyX::Y", "Rollcall::Groups", "Rollcall::X",
            "AuthModule::LDAP::Params1", "AuthModule::LDAP::StartTLS",
        ])
    }

    /// `{K}` in one of its forms.
    mutating func keySubscript(_ key: String) -> String {
        let isWord = key.utf8.allSatisfy { $0 < 0x80 && ($0 == UInt8(ascii: "_") || UnicodeScalar($0).properties.isAlphabetic) }
        if isWord, !key.isEmpty, chance(60) { return pick(["{\(key)}", "{ \(key) }"]) }
        return "{" + pick([quoted(key), " " + quoted(key) + " ", doubleQuoted(key)]) + "}"
    }

    mutating func arrow() -> String { pick(["->", "->", "", " -> "]) }

    /// The settings, by one of their names.
    mutating func settingsElement(_ key: String) -> String {
        switch random.number(0..<8) {
        case 0: return "$$Self" + keySubscript(key)
        case 1: return "${$Self}" + keySubscript(key)
        default: return "$Self->" + keySubscript(key)
        }
    }

    private mutating func remember(_ key: String, _ shape: Shape) {
        settings.removeAll { $0.key == key }
        settings.append((key, shape))
    }

    private mutating func assignTop() {
        let key = topKey()
        let (value, shape) = value()
        line(settingsElement(key) + gap() + "=" + gap() + value + gap() + ";")
        remember(key, shape)
    }

    /// A random place below one of the known containers, with what it holds; new keys included.
    private mutating func element() -> (code: String, path: [Step], shape: Shape?)? {
        guard
            let index = settings.indices.filter({ if case .scalar = settings[$0].shape { false } else { true } }).randomElement(
                using: &random)
        else { return nil }
        var code = settingsElement(settings[index].key)
        var path: [Step] = [.top(index)]
        var shape: Shape? = settings[index].shape
        while let known = shape {
            switch known {
            case .scalar: return (code, path, shape)
            case .list(let elements):
                let position = random.number(0..<(elements.count + 2))
                let isNegative = position < elements.count && chance(30)
                code += arrow() + "[\(isNegative ? position - elements.count : position)]"
                path.append(.index(position))
                shape = position < elements.count ? elements[position] : nil
            case .hash(let pairs):
                let isKnown = !pairs.isEmpty && chance(50)
                let key = isKnown ? pick(pairs).key : plainKey()
                code += arrow() + keySubscript(key)
                path.append(.key(key))
                shape = pairs.last { $0.key == key }?.shape
            }
            if chance(40) { return (code, path, shape) }
        }
        return (code, path, nil)
    }

    enum Step {
        case top(Int)
        case index(Int)
        case key(String)
    }

    private mutating func assignElement() {
        guard let (code, path, old) = element() else { return assignTop() }
        if old == nil, chance(20) {
            // Containers on the way come into being.
            let (value, _) = value()
            let key = plainKey()
            line(code + arrow() + keySubscript(key) + " = " + value + ";")
            set(path, .hash([(key, .scalar)]), isOpaque: true)
            return
        }
        let (value, shape) = value()
        line(code + " = " + value + ";")
        set(path, shape)
    }

    /// Notes what a place holds. Opaque containers are not looked into again.
    private mutating func set(_ path: [Step], _ shape: Shape, isOpaque: Bool = false) {
        guard case .top(let index)? = path.first else { return }
        var whole = settings[index].shape
        Self.set(path.dropFirst(), isOpaque ? .list([]) : shape, in: &whole)
        // What is not known exactly is not named again.
        settings[index].shape = isOpaque ? .scalar : whole
    }

    private static func set(_ path: ArraySlice<Step>, _ shape: Shape, in whole: inout Shape) {
        guard let step = path.first else {
            whole = shape
            return
        }
        switch (step, whole) {
        case (.index(let index), .list(var elements)):
            while elements.count <= index { elements.append(.scalar) }
            set(path.dropFirst(), shape, in: &elements[index])
            whole = .list(elements)
        case (.key(let key), .hash(var pairs)):
            if let position = pairs.lastIndex(where: { $0.key == key }) {
                set(path.dropFirst(), shape, in: &pairs[position].shape)
            } else {
                pairs.append((key, shape))
            }
            whole = .hash(pairs)
        default: break
        }
    }

    private mutating func pushStatement() {
        let word = pick(["push", "unshift"])
        let (items, shapes) = items(0..<4, canBeEmpty: false)
        if let (code, path, shape) = element(), shape == nil || shape.map(Self.isList) == true {
            line("\(word) @{\(gap())\(code)\(gap())},\(gap())\(items);")
            if case .list(let elements)? = shape {
                set(path, .list(word == "push" ? elements + shapes : shapes + elements))
            } else {
                set(path, .list(shapes))
            }
        } else if !arrays.isEmpty {
            let index = random.number(0..<arrays.count)
            line("\(word)(@\(arrays[index].name), \(items));")
            arrays[index].count += shapes.count
            arrays[index].isPlain = false
        } else {
            line("\(word) @{ $Self->{CustomerGroupAlwaysGroups} }, \(items);")
        }
    }

    private static func isList(_ shape: Shape) -> Bool { if case .list = shape { true } else { false } }

    private mutating func deleteElement() {
        guard let (code, path, _) = element(), case .key(let key)? = path.last else {
            return line("delete $Self->{CustomerGroupSupport};")
        }
        line(pick(["delete \(code);", "delete(\(code));"]))
        guard case .top(let index)? = path.first else { return }
        Self.remove(path.dropFirst(), key, in: &settings[index].shape)
    }

    private static func remove(_ path: ArraySlice<Step>, _ key: String, in whole: inout Shape) {
        switch (path.first, whole) {
        case (.key(let next)?, .hash(var pairs)) where path.count == 1:
            pairs.removeAll { $0.key == next }
            whole = .hash(pairs)
        case (.key(let next)?, .hash(var pairs)):
            if let position = pairs.lastIndex(where: { $0.key == next }) {
                remove(path.dropFirst(), key, in: &pairs[position].shape)
            }
            whole = .hash(pairs)
        case (.index(let index)?, .list(var elements)) where index < elements.count:
            remove(path.dropFirst(), key, in: &elements[index])
            whole = .list(elements)
        default: break
        }
    }

    private mutating func declare() {
        let word = pick(["my", "my", "our"])
        switch random.number(0..<6) {
        case 0...2:
            let value = scalar()
            let name = freshName("s")
            line("\(word) $\(name) = \(value);")
            scalars.append(name)
        case 3:
            let name = freshName("a")
            if chance(50) {
                line("\(word) @\(name) = (\(pick(["qw(a b)", "'x', 'y'", "1, \(number())"])));")
                arrays.append((name, 2, true))
            } else {
                let (items, shapes) = items(0..<5, canBeEmpty: true)
                line("\(word) @\(name) = (\(items));")
                arrays.append((name, shapes.count, false))
            }
        case 4:
            let name = freshName("h")
            let keys = (0..<random.number(0..<4)).map { _ in plainKey() }
            var pairs = ""
            for key in keys { pairs += "\(quoted(key)) => \(scalar())," + gap() }
            line("\(word) %\(name) = (\(pairs));")
            hashes.append((name, Array(Set(keys)).sorted()))
        default:
            let (value, shape) = value()
            let name = freshName("r")
            line("\(word) $\(name) = \(value);")
            references.append((name, shape))
        }
    }

    /// `||=`, `.=` and their kind.
    private mutating func alter() {
        let key = freshName("Rollcall::V")
        let place = settingsElement(key)
        if chance(70) { line("\(place) = \(chance(50) ? moderateNumber() : literal());") }
        line(
            chance(50)
                ? "\(place) \(pick(["+=", "-=", "*="])) \(moderateNumber());"
                : "\(place) \(pick(["||=", "//=", ".="])) \(scalar());")
        remember(key, .scalar)
    }

    private mutating func assignSeveral() {
        let (first, second) = (freshName("Rollcall::L"), freshName("Rollcall::L"))
        switch random.number(0..<3) {
        case 0: line("($Self->{'\(first)'}, $Self->{'\(second)'}) = (\(scalar()), \(scalar()));")
        case 1: line("$Self->{'\(first)'} = $Self->{'\(second)'} = \(scalar());")
        default:
            let name = freshName("s")
            line("my ($\(name), undef, @rest\(name)) = (\(scalar()), \(scalar()), \(scalar()));")
            scalars.append(name)
            line("$Self->{'\(first)'} = [ @rest\(name) ];")
        }
        remember(first, .scalar)
    }

    /// `@{ … } = ( … )`
    private mutating func replaceAll() {
        guard let (code, path, shape) = element(), let shape else { return }
        switch shape {
        case .scalar: return
        case .list:
            let (items, shapes) = items(0..<3, canBeEmpty: true)
            line("@{ \(code) } = (\(items));")
            set(path, .list(shapes))
        case .hash:
            let (pairs, keys) = pairs(0..<3)
            line("%{ \(code) } = (\(pairs));")
            set(path, .hash(keys))
        }
    }
}
