extension Evaluator {
    /// Code has named a variable: what it may have altered is not known any more.
    mutating func spoil(_ mention: Mention, what: String, at offset: Int) {
        let target = mention.target
        if target.base.variable == Target.environment { return }
        if isSettings(target.base), target.subscripts.isEmpty { return spoilSettings(mention, at: target.offset) }
        if mention.isWritten {
            overwrite(target, what: what, at: offset)
        } else if mention.isHandedOver, let value = existing(target) {
            let flaw = PerlFlaw(at: offset, "\(what) may alter it, and Rollcall does not run code. Write the value alone.")
            heap.spoil(value, flaw)
            if target.subscripts.isEmpty, let name = target.base.variable { setVariable(name, Held(unknown: flaw)) }
        }
    }

    /// The whole of `$Self` goes to code, which can set any key.
    private mutating func spoilSettings(_ mention: Mention, at offset: Int) {
        guard mention.isWritten || mention.isHandedOver else { return }
        warn(
            at: offset,
            "code is given all settings here, and Rollcall does not run it: what it sets is not seen. Write the keys that concern "
                + "Rollcall as '$Self->{…} = value;'.")
    }

    private mutating func overwrite(_ target: Target, what: String, at offset: Int) {
        let isSetting = isSettings(target.base)
        if isSetting, case .key(let expression)? = target.subscripts.first, let start = Self.start(of: expression),
            case .failure = text(of: expression)
        {
            if Self.mayBeOurs(start) { fail(at: target.offset, "\(start)…: \(Self.setByCode(what))") }
            return
        }
        let place = place(of: target)
        let flaw = PerlFlaw(at: isSetting ? target.offset : offset, Self.setByCode(what))
        if case .pair(let id, _, _) = place, let old = read(place), id != settings || isSetting { heap.spoil(old, flaw) }
        write(Held(unknown: flaw), to: place, isVivified: true)
    }

    private static func setByCode(_ what: String) -> String {
        "\(what) sets it, and Rollcall does not run code. Write '$Self->{…} = value;' alone."
    }

    /// What a target holds now; nothing comes into being by looking.
    private func existing(_ target: Target) -> Held? {
        guard let name = target.base.variable else { return nil }
        var value = variable(name)
        for item in target.subscripts {
            switch (item, value?.content) {
            case (.key(let expression), .hash(let id)):
                guard case .text(let key) = expression.kind else { return value }
                value = heap.hashes[id].pair(key)?.value
            case (.index, .array): return value
            default: return nil
            }
        }
        return value
    }
}
