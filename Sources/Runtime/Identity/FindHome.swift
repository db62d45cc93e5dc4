import Base
import Linux

/// HOME, where config.json names none: from the container's own /etc/passwd, else `/`.
struct FindHome: InsideWork {
    static var word: StaticString { "find-home" }

    var uid: UInt32

    var summary: String { "find HOME of user \(uid) in the container's /etc/passwd, else /" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.environment = session.environment.withHome(Passwd.home(of: uid, inside: session.root))
    }
}
