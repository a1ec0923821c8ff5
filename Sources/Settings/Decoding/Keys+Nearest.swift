import Model

extension Keys {
    /// The known name that `key` is most likely meant to be. Nil if none is near.
    ///
    /// - Parameter limit: how many slips of the pen make two names foreign; by default a quarter of the letters.
    static func nearest(to key: String, among names: [String], within limit: Int? = nil) -> String? {
        guard key.utf8.count <= 64 else { return nil }
        let word = folded(key)
        let limit = limit ?? max(1, word.count / 4)
        let measured = names.filter { abs($0.utf8.count - word.count) <= limit }
            .map { (name: $0, distance: distance(word, folded($0))) }
        return measured.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
    }

    /// The top-level key that `key` is most likely meant to be. Nil if none is near, or if it is one.
    ///
    /// The ticket system has hundreds of keys of its own, so this is strict: `AuthSyncModule::LDAP::Params` is four letters
    /// away from one of ours.
    static func nearestAtTop(to key: String) -> String? {
        if isKnown(key) { return nil }
        let digits = String(key.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
        let stem = String(key.dropLast(digits.count))
        let limit = min(3, stem.utf8.count / 6)
        let family = nearest(to: stem, among: numbered, within: limit)
        return nearest(to: key, among: global, within: limit) ?? family.map { $0 + digits }
    }

    private static func folded(_ name: String) -> [UInt8] { name.utf8.map(\.asciiLowercased) }

    /// How many letters must be added, removed, replaced or exchanged with their neighbour to turn one word into the other.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for line in left.indices {
            var row = [line + 1]
            for column in right.indices {
                let replaced = last[column] + (left[line] == right[column] ? 0 : 1)
                var least = min(replaced, last[column + 1] + 1, row[column] + 1)
                if line > 0, column > 0, left[line] == right[column - 1], left[line - 1] == right[column] {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                row.append(least)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
