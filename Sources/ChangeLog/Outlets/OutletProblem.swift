import Foundation

/// Why change records cannot be sent on: which way, where to, why, and what to do.
package struct OutletProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// `journal` or `syslog`.
    package var outlet: String
    /// The socket's path, or the receiver as `tls://log.example.org:6514`.
    package var place: String
    package var reason: String
    package var remedy: String

    package var description: String { "\(outlet) \(place): \(reason). \(remedy)" }
}

/// One way out by its name, for messages.
struct Outlet: Sendable {
    let name: String
    let place: String

    func problem(_ reason: String, _ remedy: String) -> OutletProblem {
        OutletProblem(outlet: name, place: place, reason: reason, remedy: remedy)
    }

    /// - Parameter code: of `errno`.
    func problem(_ code: Int32, _ remedy: String) -> OutletProblem { problem(String(cString: strerror(code)), remedy) }

    /// - Throws: when `line` is none.
    func record(_ line: [UInt8]) throws(OutletProblem) -> RecordText {
        do {
            return try RecordText(line)
        } catch {
            throw problem(
                "a change record cannot be read: \(error)",
                "Compare the change log with the store: rollcall log verify --against-store.")
        }
    }
}
