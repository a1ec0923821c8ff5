/// Fourth stage: statements to what Perl would hold afterwards.
///
/// What is no data becomes an unknown value that carries its reason. Whether anybody hears of it is decided at the end:
/// `Freezer` tells what has reached a key that concerns Rollcall.
struct Evaluator {
    /// Bytes that the texts and lists of a configuration may come to while it is read; more than any needs.
    static let budget = 50_000_000
    /// Bytes that an element of a list counts for.
    private static let elementCost = 16

    let environment: [String: String]
    /// Whether a top-level key concerns Rollcall.
    let concerns: (String) -> Bool
    var sources = SourceMap()
    var heap = Heap()
    /// `$Self`: the hash of settings.
    let settings: Int
    /// Mistakes and doubts that hold whatever becomes of the values.
    var findings: [Finding] = []
    /// Variables by scope, the innermost last: scalars as values, arrays and hashes as references.
    var scopes: [[String: Held]] = [[:]]
    var passedOver = PassedOver()
    /// `use strict` is in force where the statement stands.
    var isStrict = false
    /// Offsets of values that came from the environment, so that nobody takes them for text of the file.
    private(set) var environmentOffsets: Set<Int> = []
    private var remaining = Self.budget

    struct Finding {
        let isError: Bool
        let flaw: PerlFlaw
    }

    /// Statements that do not concern Rollcall.
    struct PassedOver: CustomStringConvertible {
        var statements = 0
        var subs = 0

        var description: String {
            "\(statements) statement\(statements == 1 ? "" : "s") and \(subs) sub\(subs == 1 ? "" : "s") do not concern Rollcall "
                + "and were passed over."
        }
    }

    init(environment: [String: String], concerns: @escaping (String) -> Bool) {
        self.environment = environment
        self.concerns = concerns
        settings = heap.makeHash()
    }

    mutating func fail(at offset: Int, _ message: String) {
        findings.append(Finding(isError: true, flaw: PerlFlaw(at: offset, message)))
    }

    mutating func warn(at offset: Int, _ message: String) {
        findings.append(Finding(isError: false, flaw: PerlFlaw(at: offset, message)))
    }

    /// Takes room for a new value. Nil, with the reason, if a file that small must not need more.
    mutating func spend(_ amount: Int, at offset: Int) -> PerlFlaw? {
        remaining -= min(amount, remaining)
        return remaining > 0 ? nil : PerlFlaw(at: offset, "the values of this file grow beyond all measure. Write them out.")
    }

    /// Takes room for the elements of a list.
    mutating func spend(elements count: Int, at offset: Int) -> PerlFlaw? {
        spend(min(count, Self.budget) * Self.elementCost, at: offset)
    }

    mutating func noteEnvironment(at offset: Int) { environmentOffsets.insert(offset) }

    func line(at offset: Int) -> Int { sources.text(at: offset)?.line(at: offset) ?? 1 }

    // MARK: - Variables

    func variable(_ name: String) -> Held? { scopes.last { $0[name] != nil }?[name] }

    mutating func setVariable(_ name: String, _ value: Held, isNew: Bool = false) {
        if !isNew, let scope = scopes.lastIndex(where: { $0[name] != nil }) {
            scopes[scope][name] = value
        } else {
            scopes[isNew ? scopes.count - 1 : 0][name] = value
        }
    }
}
