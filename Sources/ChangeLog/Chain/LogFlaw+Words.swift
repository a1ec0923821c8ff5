extension LogFlaw: CustomStringConvertible {
    /// Which line of which file, what is wrong, and what that means.
    package var description: String {
        let record = sequence.map { "record \($0)" } ?? "this line"
        return "\(file):\(line): \(record) \(words)"
    }

    private var words: String {
        switch kind {
        case .edited:
            "was edited: its bytes do not lead to its hash"
        case .replaced:
            "does not follow on the record before: that one was replaced by another, or this one comes from another log"
        case .missing(let numbers):
            numbers.count == 1
                ? "comes where \(numbers.lowerBound) should be, which is missing"
                : "comes where \(numbers.lowerBound) should be: \(numbers.lowerBound) to \(numbers.upperBound) are missing"
        case .repeated: "is there for a second time"
        case .reordered: "is out of order: what should be between comes elsewhere"
        case .torn: "is torn: the file ends in the middle of it"
        case .foreign: "is no change record, or none any more"
        case .otherHead: "has another hash than the one that was given: what is before it was replaced"
        case .unsigned:
            "ends a cycle and is not signed by a key that was named: what is before it was replaced, or the key was changed"
        case .otherInStore: "is otherwise in the store, or not there at all"
        }
    }
}
