import Base
import CShim

/// fsopen(2): starts to set up a filesystem.
///
/// - Parameter type: A filesystem of /proc/filesystems.
/// - Throws: ``Failure`` of `fsopen`: ENODEV if the kernel has no such filesystem.
public func fsopen(_ type: String) throws(Failure) -> FilesystemContext {
    let context = Descriptor(owning: try check(shim_fsopen(type, 0), "fsopen", "mount \(type)"))
    return FilesystemContext(context, of: type)
}

/// A filesystem that is being set up: fsopen(2), fsconfig(2), fsmount(2).
///
/// The mount it makes is attached nowhere, so it can be finished before anybody sees it. It is then attached to a
/// descriptor, so no path is followed.
public struct FilesystemContext: ~Copyable {
    private let context: Descriptor
    private let type: String

    /// Takes over a context that another process opened.
    public init(_ context: consuming Descriptor, of type: String) {
        self.type = type
        self.context = context
    }

    /// Gives the context away.
    public consuming func release() -> Descriptor { context }

    /// fsconfig(2), FSCONFIG_SET_STRING: `key=value`. The kernel accepts at most 255 bytes of value.
    public borrowing func fsconfig(_ key: String, _ value: String) throws(Failure) {
        let answer = value.withCString { shim_fsconfig(context.number, FSCONFIG_SET_STRING.rawValue, key, $0, 0) }
        try checkWithLog(answer, "option \(key)=\(value)")
    }

    /// fsconfig(2), FSCONFIG_SET_FLAG: a key without a value.
    public borrowing func fsconfig(_ key: String) throws(Failure) {
        try checkWithLog(shim_fsconfig(context.number, FSCONFIG_SET_FLAG.rawValue, key, nil, 0), "option \(key)")
    }

    /// fsconfig(2), FSCONFIG_CMD_CREATE, and fsmount(2): makes the mount, attached nowhere yet.
    public consuming func fsmount(_ attributes: MountAttributes) throws(Failure) -> Descriptor {
        try checkWithLog(shim_fsconfig(context.number, FSCONFIG_CMD_CREATE.rawValue, nil, nil, 0), nil)
        let number = shim_fsmount(context.number, 0, CUnsignedInt(attributes.rawValue))
        return Descriptor(owning: try check(number, "fsmount", "mount \(type)"))
    }

    /// Throws the ``Failure`` of `fsconfig` if `answer` is one, with what the kernel wrote into the context's log,
    /// which often names the option it refused.
    ///
    /// - Parameter what: What was set; nil for the mount itself.
    private borrowing func checkWithLog(_ answer: CInt, _ what: String?) throws(Failure) {
        guard answer < 0 else { return }
        var action = "mount \(type)"
        if let what { action += ": \(what)" }
        var message = [UInt8](repeating: 0, count: 512)
        let count = message.withUnsafeMutableBytes { shim_read(context.number, $0.baseAddress, $0.count) }
        // A message is `e`, `w` or `i` (error, warning, information), a space, and text (fsopen(2)). One read returns
        // the oldest one, which may be a warning of an earlier call.
        if count > 2 { action += ": " + String(decoding: message[2..<count], as: UTF8.self) }
        while action.utf8.last == 0x0A { action.removeLast() }
        throw Failure(action, "fsconfig", Errno(rawValue: -answer))
    }
}
