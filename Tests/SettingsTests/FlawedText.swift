import Testing

@testable import Settings

/// One flawed text and everything that is said about it.
struct FlawedText: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let lines: [String]

    var testDescription: String { name }

    /// What stands behind a back end on line 1, on lines 2 and following.
    static func after(_ name: String, _ text: String, _ lines: String...) -> FlawedText {
        let backEnd = Sample.backEnd().split(separator: "\n").joined(separator: " ")
        return FlawedText(name: name, text: backEnd + "\n" + text, lines: lines)
    }
}
