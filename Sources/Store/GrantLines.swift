import Model

/// The ends of the lines of records of grants, each made once: many people are given the same grant.
struct GrantLines {
    private let form: GrantForm
    /// With each grant itself, since another one might have its identity when it is no more.
    private var ends: [ObjectIdentifier: (grant: Grant, bytes: [UInt8])] = [:]

    /// How many grants are remembered.
    private static let limit = 10_000

    init(_ form: GrantForm) { self.form = form }

    /// - Parameters:
    ///   - cycle: the same every time, as is `backEnd`.
    mutating func appendEnd(of grant: Grant, _ cycle: Int64, _ backEnd: Slot, to line: inout [UInt8]) {
        if let known = ends[grant.identity] { return line.append(contentsOf: known.bytes) }
        let start = line.count
        form.grant(cycle, backEnd, grant, &line)
        if ends.count == Self.limit { ends.removeAll() }
        ends[grant.identity] = (grant, Array(line[start...]))
    }
}

/// Somebody who is given several grants, or from whom several are taken, with what the records of all of them have in common.
///
/// A class because it is passed on for every grant.
final class GrantRecipient {
    let reference: PersonReference
    let turn: GrantTurn
    /// The first part of `GrantForm`.
    let line: [UInt8]
    /// The same for what the store keeps beside the line; nil where that is nothing.
    let keptLine: [UInt8]?

    init(_ reference: PersonReference, _ turn: GrantTurn, _ form: GrantForm, _ veil: Veil) {
        self.reference = reference
        self.turn = turn
        line = Self.line(reference, turn, form, veil)
        keptLine = veil.tellsWho ? nil : Self.line(reference, turn, form, .kept)
    }

    private static func line(
        _ reference: PersonReference, _ turn: GrantTurn, _ form: GrantForm, _ veil: Veil
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        form.person(turn, reference, veil, &line)
        return line
    }
}
