import OCI

/// Processor time (`cpu.stat`), in nanoseconds.
struct CPUStatistics: Equatable, Sendable {
    var total: UInt64 = 0
    var kernel: UInt64 = 0
    var user: UInt64 = 0
    /// The number of periods, and of periods in which the quota was used up.
    var periods: UInt64 = 0
    var throttledPeriods: UInt64 = 0
    var throttledTime: UInt64 = 0
    var pressure: Pressure?

    init() {}

    /// - Parameters:
    ///   - stat: The text of `cpu.stat`, in which times are microseconds.
    ///   - pressure: The text of `cpu.pressure`.
    init(stat: String, pressure: String?) {
        for (name, number) in StatisticsText.entries(stat) {
            switch name {
            case "usage_usec": total = number &* 1000
            case "user_usec": user = number &* 1000
            case "system_usec": kernel = number &* 1000
            case "nr_periods": periods = number
            case "nr_throttled": throttledPeriods = number
            case "throttled_usec": throttledTime = number &* 1000
            default: continue
            }
        }
        self.pressure = pressure.flatMap(Pressure.init)
    }
}

extension CPUStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("usage", Usage(cpu: self))
            json.member("throttling", Throttling(cpu: self))
            json.member("psi", pressure)
        }
    }

    private struct Usage: JSONWritable {
        let cpu: CPUStatistics

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("total", cpu.total.unlessZero)
                json.member("kernel", cpu.kernel)
                json.member("user", cpu.user)
            }
        }
    }

    private struct Throttling: JSONWritable {
        let cpu: CPUStatistics

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("periods", cpu.periods.unlessZero)
                json.member("throttledPeriods", cpu.throttledPeriods.unlessZero)
                json.member("throttledTime", cpu.throttledTime.unlessZero)
            }
        }
    }
}
