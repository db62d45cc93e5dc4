import Base
import Linux

/// `hostname`, in the container's own UTS namespace.
struct Hostname: Equatable {
    var name: String

    var summary: String { "set the hostname to \(name)" }

    func perform() throws(Failure) { try ProcessAttribute.setHostname(name) }
}

/// `domainname`, in the container's own UTS namespace.
struct Domainname: Equatable {
    var name: String

    var summary: String { "set the domainname to \(name)" }

    func perform() throws(Failure) { try ProcessAttribute.setDomainname(name) }
}
