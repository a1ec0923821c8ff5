import Support
import Testing

/// Something that happens to a directory, and what a mirror has to make of it. Written once, run for every product.
struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    private let removalLimit: String
    private let body: @Sendable (Scene) throws -> Void

    /// - Parameters:
    ///   - sentence: given what, when what, then what.
    ///   - removalLimit: by itself none, because the cases mean it when people go.
    init(_ sentence: String, removalLimit: String = "100%", _ body: @escaping @Sendable (Scene) throws -> Void) {
        testDescription = sentence
        self.removalLimit = removalLimit
        self.body = body
    }

    /// Plays it between a first reading and a cycle in which nothing has changed.
    func run(on product: Product) throws {
        let scene = try Scene(try Running.server, product, removalLimit: removalLimit)
        try scene.cycle()
        try body(scene)
        try scene.cycle([])
    }

    static let all =
        people + logins + places + filters + groups + lostGroups + nestedGroups + largeGroups + restarts + states + rights
}
