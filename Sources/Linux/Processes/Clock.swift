import CShim

/// clock_gettime(2) and nanosleep(2).
public enum Clock {
    /// CLOCK_MONOTONIC in nanoseconds: for durations and deadlines.
    public static func monotonic() -> Int64 { shim_clock(CLOCK_MONOTONIC) }

    /// CLOCK_REALTIME in nanoseconds since 1970.
    public static func now() -> Int64 { shim_clock(CLOCK_REALTIME) }

    /// Waits; a signal may end it early.
    public static func sleep(milliseconds: Int) { _ = shim_nanosleep(Int64(milliseconds) * 1_000_000) }
}
