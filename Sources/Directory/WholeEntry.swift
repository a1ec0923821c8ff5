import Model

extension Connection {
    /// Reads one entry by its name, with all values of every attribute, however many times the server has to be asked.
    ///
    /// - Returns: a page with the entry, or an empty one when the server shows no such entry.
    func readWhole(_ dn: String, asking attributes: AttributeList, root: RootDSE) throws(DirectoryProblem)
        -> (page: EntryPage, coverage: Coverage)
    {
        try finish(try read(SearchRequest(entry: dn, asking: attributes), root: root), dn, asking: attributes, root: root)
    }

    /// Reads what is missing of an entry that came in part.
    func finish(
        _ answer: (page: EntryPage, coverage: Coverage), _ dn: String, asking attributes: AttributeList, root: RootDSE
    ) throws(DirectoryProblem) -> (page: EntryPage, coverage: Coverage) {
        var (page, coverage) = answer
        while coverage == .complete, let range = page.openRanges.first {
            let rest = AttributeList(page.openRanges.map { "\(attributes.names[$0.attribute]);range=\($0.next)-*" })
            let sizeBefore = page.valueCount
            coverage = try search(SearchRequest(entry: dn, asking: rest), root: root) {
                message throws(DirectoryProblem) in
                try check(page.extendLast(message, asking: attributes), "decoding an entry")
            }
            if page.valueCount == sizeBefore, page.openRanges.first == range {
                return (page, .partial(reason: "the server does not send the values from number \(range.next) on"))
            }
        }
        return (page, coverage)
    }
}
