import CLDAP
import Model

/// Searches that do not depend on each other: sent one after another without waiting, so that all of them together take one
/// round trip. Their answers have to be small.
struct Flight {
    typealias Answer = Result<(page: EntryPage, coverage: Coverage), DirectoryProblem>

    private var requests: [SearchRequest] = []

    /// - Returns: where its answer will be.
    mutating func add(_ request: SearchRequest) -> Int {
        var request = request
        request.pageSize = nil
        requests.append(request)
        return requests.count - 1
    }

    /// - Throws: what ends the connection. What the server refuses is in the answer.
    func answers(over session: Session) throws(DirectoryProblem) -> [Answer] {
        var numbers: [Int32] = []
        for request in requests { numbers.append(try session.connection.send(request, root: session.root)) }
        var answers: [Answer] = []
        for (request, number) in zip(requests, numbers) {
            answers.append(try Self.answer(to: request, number, session))
        }
        return answers
    }

    private static func answer(
        to request: SearchRequest, _ number: Int32, _ session: Session
    ) throws(DirectoryProblem) -> Answer {
        var page = EntryPage()
        var isElsewhere = false
        let end = try session.connection.receiveAnswer(number, request.step) { message throws(DirectoryProblem) in
            switch message {
            case .entry(let message):
                try session.connection.check(page.append(message, asking: request.attributes), "decoding an entry")
            case .reference: isElsewhere = true
            case .information: break
            }
        }
        if isElsewhere || end.code == LDAP_REFERRAL { return try again(request, session) }
        if let reason = end.shortfall { return .success((page, .partial(reason: reason))) }
        if end.code == LDAP_SUCCESS { return .success((page, .complete)) }
        return .failure(session.connection.refusal(end, step: request.step))
    }

    /// By itself, in the way that follows referrals.
    private static func again(_ request: SearchRequest, _ session: Session) throws(DirectoryProblem) -> Answer {
        do {
            return .success(try session.connection.read(request, root: session.root))
        } catch {
            guard error.kind == .refused else { throw error }
            return .failure(error)
        }
    }
}

extension Flight.Answer {
    /// The one entry that was asked for; nil when the server does not show it.
    var entry: EntryPage? {
        if case .success(let answer) = self, answer.page.count > 0 { answer.page } else { nil }
    }
}
