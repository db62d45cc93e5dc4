import Glibc

/// Whether `check` becomes true within `limit` seconds. Calls it every few milliseconds.
public func eventually(within limit: Double = 30, _ check: () -> Bool) -> Bool {
    var pause: UInt32 = 500
    let end = ContinuousClock.now + .seconds(limit)
    while !check() {
        if ContinuousClock.now > end { return check() }
        usleep(pause)
        pause = min(pause * 2, 8000)
    }
    return true
}
