import Model

/// Counts people while they stream by, and keeps the first few. Its size does not depend on how many there are.
struct PeopleTally {
    private(set) var people = ProbedPeople()
    /// Entries without an immutable id.
    private(set) var hiddenIDs = 0
    /// By position in the attributes that were asked for: whether some entry shows it.
    private var shown: [Bool]
    private let backEnd: BackEnd
    private let attributes: AttributeList
    private let knownGroups: Set<String>

    static let sampleCount = 3

    init(_ backEnd: BackEnd, attributes: AttributeList, knownGroups: [String]) {
        self.backEnd = backEnd
        self.attributes = attributes
        self.knownGroups = Set(knownGroups)
        shown = attributes.names.map { _ in false }
        if backEnd.search.groupDN != nil { people.listed = 0 }
        if backEnd.validPeopleFilter != nil { people.valid = 0 }
    }

    mutating func add(_ page: MappedPage) {
        page.noteShown(in: &shown)
        people.matching += page.entryCount
        if let listed = people.listed { people.listed = listed + page.headers.count + page.problems.count }
        for problem in page.problems { count(problem) }
        hiddenIDs += page.problems.count
        for index in page.headers.indices {
            do {
                add(try page.person(at: index), dn: page.dn(at: index))
            } catch {
                count(error)
            }
        }
    }

    mutating func finish(_ coverage: Coverage) { people.shortfall = coverage.shortfall }

    func isShown(_ attribute: String) -> Bool {
        attributes.position(of: attribute.utf8, hint: 0).map { shown[$0] } ?? false
    }

    private mutating func add(_ person: MappedPerson, dn: @autoclosure () -> String) {
        people.mirrored += 1
        if let valid = people.valid { people.valid = valid + (person.customerUser.isValid ? 1 : 0) }
        people.incomplete += person.customerUser.missing.isEmpty ? 0 : 1
        if people.samples.count < Self.sampleCount { people.samples.append(sample(person, dn())) }
    }

    private mutating func count(_ problem: Problem) {
        let isAlike = { (other: ProblemCount) in
            other.example.kind == problem.kind && other.example.attribute == problem.attribute
        }
        if let index = people.problems.firstIndex(where: isAlike) {
            people.problems[index].count += 1
        } else {
            people.problems.append(ProblemCount(count: 1, example: problem))
        }
    }

    private func sample(_ person: MappedPerson, _ dn: String) -> Sample {
        let user = person.customerUser
        let verdict = backEnd.rules.verdict(on: person.facts)
        let values = backEnd.mapping.rows.map { row in
            switch row.target {
            case .field(let field): Sample.Value(variable: field.variable, text: user[field])
            case .extra(let name): Sample.Value(variable: name, text: user.extra[name] ?? "")
            }
        }
        let grants = verdict.granted.union(backEnd.rules.initialGrants).filter { knownGroups.contains($0.group) }
            .sorted { ($0.group, $0.permission, $0.rule) < ($1.group, $1.permission, $1.rule) }
        return Sample(
            dn: dn, values: values, isValid: user.isValid, missing: user.missing, grants: grants,
            undecided: verdict.undecided.sorted())
    }
}
