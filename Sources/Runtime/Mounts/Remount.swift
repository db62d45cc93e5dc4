import Base
import Linux

/// An entry of `mounts` with the option `remount` and no `bind`: new flags and data for what is mounted there already.
struct Remount: Equatable {
    var target: String
    var options: MountOptions

    var summary: String { "remount \(target) (\(options.words))" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let target = try open(self.target, inside: session.root, [.path, .directory])
        try enter(target)
        let data = options.data.isEmpty ? nil : options.data.joined(separator: ",")
        try Linux.mount(nil, on: ".", type: nil, flags: options.set, data: data)
        try enter("/")
        try options.applyPropagationAndRecursion(to: target, self.target)
    }
}
