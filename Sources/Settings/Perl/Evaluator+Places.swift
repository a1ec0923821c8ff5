extension Evaluator {
    /// Where one value is kept.
    enum Place {
        case variable(String)
        case element(of: Int, Int)
        case pair(of: Int, PerlText, Int)
        /// It cannot be told where.
        case unknown(PerlFlaw)
    }

    /// One subscript with its value, and where it is written.
    private enum Step {
        case key(PerlText, Int)
        case index(Int, Int)
    }

    /// The place that a target names; hashes and lists on the way to it come into being, as in Perl.
    mutating func place(of target: Target) -> Place {
        var place: Place
        var value: Held?
        switch target.base {
        case .variable(let name):
            place = .variable(name)
            if target.subscripts.isEmpty { return place }
            value = variable(name)
        case .value(let expression):
            (place, value) = referred(by: expression)
        }
        for (position, item) in target.subscripts.enumerated() {
            let (step, flaw) = step(item)
            guard let step else {
                let flaw = flaw ?? PerlFlaw(at: target.offset, "this key or index is not known.")
                noteUnknownStep(under: value, at: place, item, flaw)
                return .unknown(flaw)
            }
            place = self.place(step, in: value, at: place, of: target)
            if case .unknown = place { return place }
            if position < target.subscripts.count - 1 { value = read(place) }
        }
        return place
    }

    /// What an expression refers to, and the place where that is kept if it has one.
    private mutating func referred(by expression: Expression) -> (Place, Held?) {
        guard case .element(let target) = expression.kind, target.base.variable != Target.environment else {
            return (.unknown(PerlFlaw(at: expression.offset, "this is no place for a value.")), value(of: expression))
        }
        let place = place(of: target)
        return (place, read(place) ?? value(of: expression))
    }

    /// The place of an element of `value`, which stands at `place`.
    private mutating func place(_ step: Step, in value: Held?, at place: Place, of target: Target) -> Place {
        switch step {
        case .key(let key, let offset):
            switch reference(value, at: place, isHash: true, offset) {
            case .success(let id): return .pair(of: id, key, offset)
            case .failure(let flaw): return .unknown(certain(flaw, value, target))
            }
        case .index(let index, let offset):
            switch reference(value, at: place, isHash: false, offset) {
            case .success(let id):
                let position = index < 0 ? heap.arrays[id].elements.count + index : index
                if position >= 0 { return .element(of: id, position) }
                let flaw = PerlFlaw(at: offset, "the list has no element \(index). Count from 0, or from -1 backwards.")
                return .unknown(certain(flaw, value, target))
            case .failure(let flaw): return .unknown(certain(flaw, value, target))
            }
        }
    }

    /// Tells a flaw at which Perl stops, unless what led to it is not known.
    private mutating func certain(_ flaw: PerlFlaw, _ value: Held?, _ target: Target) -> PerlFlaw {
        if case .unknown? = value?.content { return flaw }
        fail(at: flaw.offset, "\(subject(of: target) ?? target.base.variable ?? "this value"): \(flaw.message)")
        return flaw
    }

    /// The array or hash that `value` refers to; a new one if there is no value yet.
    private mutating func reference(
        _ value: Held?, at place: Place, isHash: Bool, _ offset: Int
    ) -> Result<Int, PerlFlaw> {
        switch value?.content {
        case .array(let id) where !isHash: return .success(id)
        case .hash(let id) where isHash: return .success(id)
        case .unknown(let flaw): return .failure(used(flaw, at: offset))
        case nil, .undefined:
            let id = isHash ? heap.makeHash() : heap.make([])
            write(Held(isHash ? .hash(id) : .array(id), at: offset), to: place, isVivified: true)
            return .success(id)
        case .text, .number, .array, .hash:
            let (access, kind) = (isHash ? "a key" : "an index", value?.kind ?? "undef")
            return .failure(
                PerlFlaw(at: offset, "\(access) is applied to \(kind). Assign a hash with { } or a list with [ ] before."))
        }
    }

    private mutating func step(_ item: Target.Subscript) -> (Step?, PerlFlaw?) {
        switch item {
        case .key(let expression):
            switch text(of: expression) {
            case .success(let key): return (.key(key, expression.offset), nil)
            case .failure(let flaw): return (nil, flaw)
            }
        case .index(let expression):
            switch text(of: expression) {
            case .success(let text):
                let number = Number(prefixOf: text.characters).real.rounded(.towardZero)
                if number.magnitude < 100_000 { return (.index(Int(number), expression.offset), nil) }
                return (nil, PerlFlaw(at: expression.offset, "this index is too large. Count from 0."))
            case .failure(let flaw): return (nil, flaw)
            }
        }
    }

    /// A key or an index of one of our values is not known, so any of them may be meant.
    private mutating func noteUnknownStep(
        under value: Held?, at place: Place, _ item: Target.Subscript, _ flaw: PerlFlaw
    ) {
        switch value?.content {
        case nil, .undefined: write(Held(unknown: flaw), to: place, isVivified: true)
        case .hash(settings): noteUnknownKey(item, flaw)
        case .hash(let id): heap.hashes[id].flaw = heap.hashes[id].flaw ?? flaw
        case .array(let id): heap.arrays[id].flaw = heap.arrays[id].flaw ?? flaw
        default: break
        }
    }

    /// A key of the settings that only Perl can tell: an error if it may be one of ours by its beginning.
    private mutating func noteUnknownKey(_ item: Target.Subscript, _ flaw: PerlFlaw) {
        guard case .key(let expression) = item else { return }
        if let start = Self.start(of: expression) {
            if Self.mayBeOurs(start) { fail(at: flaw.offset, "\(start)…: \(flaw.message)") }
        } else {
            warn(
                at: expression.offset,
                "this key is known to Perl only. If it is one of Rollcall's, what is set here is not seen: write the key itself."
            )
        }
    }

    /// The text with which a computed key begins. Nil if it begins with something else.
    static func start(of key: Expression) -> String? {
        guard case .joined(let parts) = key.kind, case .text(let start)? = parts.first?.kind else { return nil }
        return start.proper
    }

    /// Whether a key that begins like this can be one that concerns Rollcall.
    static func mayBeOurs(_ start: String) -> Bool { families.contains { start.hasPrefix($0) || $0.hasPrefix(start) } }

    private static let families = [
        "CustomerUser", "CustomerGroup", "CustomerCompany", "Rollcall::", "System::Customer", "AuthModule::LDAP",
    ]
}

extension Target.Base {
    var variable: String? { if case .variable(let name) = self { name } else { nil } }
}
