@testable import Directory
import Dispatch
import Testing

@testable import Sync

/// How long a back end rests after failures.
@Suite struct CircuitTests {
    private func problem(_ kind: DirectoryProblem.Kind, code: Int32? = nil) -> DirectoryProblem {
        DirectoryProblem(kind: kind, server: "ldap://x:389", step: "connecting", reason: "refused", remedy: "", code: code)
    }

    @Test func `given failures, when they follow each other, then each rest is twice as long up to the longest`() {
        var circuit = Circuit()
        let rests = (0..<9).map { _ in circuit.fail(problem(.unreachable), now: .now(), jitter: 0) }
        #expect(rests == [5, 10, 20, 40, 80, 160, 320, 600, 600])
        circuit.succeed()
        #expect(circuit.standing == .closed)
        #expect(circuit.fail(problem(.lost), now: .now(), jitter: 0) == 5)
    }

    @Test func `given a server that answers and cannot be read, when it fails again, then it rests for longer all the same`() {
        var circuit = Circuit()
        #expect(circuit.fail(problem(.refused, code: 32), now: .now(), jitter: 0) == 5)
        circuit.reopen()
        #expect(circuit.standing == .closed)
        #expect(circuit.fail(problem(.refused, code: 32), now: .now(), jitter: 0) == 10)
    }

    @Test func `given jitter, when a rest begins, then it is at most half as long`() throws {
        var circuit = Circuit()
        #expect(circuit.fail(problem(.timedOut), now: .now(), jitter: 1) == 2.5)
        #expect(circuit.fail(problem(.timedOut), now: .now(), jitter: 0.5) == 7.5)
    }

    @Test(
        arguments: [
            (DirectoryProblem.Kind.credentials, 49), (.credentials, nil), (.refused, 50), (.refused, 34), (.refused, 21),
        ] as [(DirectoryProblem.Kind, Int32?)])
    func `given a refusal that another try cannot better, when it comes, then there is none`(
        _ kind: DirectoryProblem.Kind, _ code: Int32?
    ) {
        var circuit = Circuit()
        let refusal = problem(kind, code: code)
        #expect(circuit.fail(refusal, now: .now(), jitter: 0) == nil)
        #expect(circuit.standing == .blocked(refusal))
    }

    @Test(
        arguments: [
            (DirectoryProblem.Kind.refused, 51), (.refused, 52), (.refused, 80), (.lost, nil), (.timedOut, nil),
            (.unreachable, nil), (.tls, nil), (.refused, 32),
        ] as [(DirectoryProblem.Kind, Int32?)])
    func `given a failure that may pass, when it comes, then there is another try`(
        _ kind: DirectoryProblem.Kind, _ code: Int32?
    ) {
        var circuit = Circuit()
        let now = DispatchTime.now()
        let failure = problem(kind, code: code)
        #expect(circuit.fail(failure, now: now, jitter: 0) == 5)
        #expect(circuit.standing == .resting(failure, until: now + .seconds(5)))
    }
}
