import Foundation

extension DistinguishedName.Parser {
    /// RFC 4518: compatibility composition, lower case, single inner spaces, none at the ends; then escaped again.
    static func prepared(_ value: [UInt8]) -> String {
        let text = String(decoding: value, as: UTF8.self).precomposedStringWithCompatibilityMapping.lowercased()
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var hasSpace = false
        for (index, scalar) in scalars.enumerated() {
            if isSpace(scalar, before: scalars.dropFirst(index + 1).first) {
                hasSpace = !result.isEmpty
                continue
            }
            if hasSpace { result.append(" ") }
            hasSpace = false
            if ",+;\\".unicodeScalars.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }

    /// A space that carries a combining mark is a character of its own (RFC 4518 section 2.6.1): "´" becomes one.
    private static func isSpace(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?) -> Bool {
        guard scalar.properties.isWhitespace else { return false }
        switch next?.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: return true
        }
    }
}
