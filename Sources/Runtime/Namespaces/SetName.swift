import Base
import Linux

/// Sets `hostname` or `domainname` in the container's own UTS namespace.
enum SetName: InsideWork, ProcessWork {
    static var word: StaticString { "set-name" }

    case host(String)
    case domain(String)

    var summary: String {
        switch self {
        case .host(let name): "set the hostname to \(name)"
        case .domain(let name): "set the domainname to \(name)"
        }
    }

    func perform() throws(Failure) {
        switch self {
        case .host(let name): try ThisProcess.sethostname(name)
        case .domain(let name): try ThisProcess.setdomainname(name)
        }
    }
}
