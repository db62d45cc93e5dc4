import CShim

extension ThisProcess {
    /// Overwrites the arguments and the environment that this process was started with, where the kernel put them: what
    /// /proc/PID/cmdline shows to everybody, and /proc/PID/environ to whoever may trace us (proc(5)).
    ///
    /// A child of clone(2) has its own copy of them, and so shows what its parent's caller said, until it becomes another
    /// program.
    ///
    /// - Parameter title: What cmdline shows from now on. It is cut to the room that the arguments had.
    public static func forgetArguments(as title: StaticString) {
        let arguments = shim_arguments()
        var room = overwrite(arguments)
        _ = overwrite(shim_environment())
        guard var place = arguments?.pointee else { return }
        title.withUTF8Buffer { bytes in
            // The last byte stays 0: else the kernel takes what follows, the environment, for more of the arguments.
            for byte in bytes where room > 1 {
                place.pointee = CChar(bitPattern: byte)
                place += 1
                room -= 1
            }
        }
    }

    /// - Returns: How many bytes the texts have that lie one behind the other from the first on, with their NULs.
    private static func overwrite(_ texts: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int {
        guard let texts else { return 0 }
        var index = 0
        var size = 0
        var next = texts[0]
        while let text = texts[index] {
            var length = 0
            while text[length] != 0 {
                text[length] = 0
                length += 1
            }
            if text == next {
                size += length + 1
                next = text + length + 1
            }
            index += 1
        }
        return size
    }
}

/// Whether this program was started by execveat(2) of a descriptor: AT_EXECFN (getauxval(3)) is then `/dev/fd/N`.
public func startedByDescriptor() -> Bool {
    guard let name = UnsafePointer<CChar>(bitPattern: shim_auxiliary(UInt(AT_EXECFN))) else { return false }
    return String(cString: name).hasPrefix("/dev/fd/")
}

/// The size of a page of memory in bytes, as the kernel told it at the start (getauxval(3), AT_PAGESZ): 4096 on x86.
public var pageSize: Int {
    Int(shim_auxiliary(UInt(AT_PAGESZ)))
}
