import Foundation

/// Wall-clock time as the store and the change log keep it.
package enum Clock {
    /// Microseconds since 1970 (UTC).
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
