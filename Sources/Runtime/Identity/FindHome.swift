import Base
import Linux

/// HOME, where config.json names none: from the container's own /etc/passwd, else `/`.
struct FindHome: Equatable {
    var uid: UInt32

    var summary: String { "find HOME of user \(uid) in the container's /etc/passwd, else /" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        session.environment = session.environment.withHome(Passwd.home(of: uid, inside: session.root))
    }
}
