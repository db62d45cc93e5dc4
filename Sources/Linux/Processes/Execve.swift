import Base
import CShim

/// execve(2): replaces the program.
///
/// - Returns: Only on failure, with the reason.
public func execve(_ path: String, arguments: borrowing CStringArray, environment: borrowing CStringArray) -> Errno {
    Errno(
        rawValue: -arguments.withPointers { arguments in
            environment.withPointers { shim_execve(path, arguments, $0) }
        })
}

/// Strings as C wants them: an array of pointers that ends with null. Its memory is allocated once, before the
/// seccomp filter is loaded, which may forbid the calls that allocate.
public struct CStringArray: ~Copyable {
    private let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

    /// Copies `strings`. None of them may have a NUL.
    public init(_ strings: [String]) {
        pointers = .allocate(capacity: strings.count + 1)
        pointers.initialize(repeating: nil)
        for (index, string) in strings.enumerated() {
            let count = string.utf8.count
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: count + 1)
            for (offset, byte) in string.utf8.enumerated() { copy[offset] = CChar(bitPattern: byte) }
            copy[count] = 0
            pointers[index] = copy
        }
    }

    deinit {
        for pointer in pointers { pointer?.deallocate() }
        pointers.deallocate()
    }

    borrowing func withPointers<R>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> R) -> R {
        body(UnsafePointer(pointers.baseAddress))
    }
}

extension Descriptor {
    /// execveat(2) with AT_EMPTY_PATH: replaces the program by the file that this descriptor is open on, with our own
    /// arguments and environment.
    ///
    /// - Returns: Only on failure, with the reason.
    public borrowing func execveat() -> Errno {
        Errno(rawValue: -shim_execveat(number, "", shim_arguments(), shim_environment(), AT_EMPTY_PATH))
    }
}

extension ThisProcess {
    /// Overwrites the arguments and the environment that this process was started with, in the memory where the kernel
    /// put them: /proc/PID/cmdline shows the arguments to everybody, and /proc/PID/environ the environment to every
    /// process that may trace us (proc(5)).
    ///
    /// A child of clone(2) has its own copy of them, so it shows the arguments of its parent until it becomes another
    /// program.
    ///
    /// Afterwards the environment is a list of empty texts, and the arguments are too. So a later
    /// ``Descriptor/execveat()``, and a ``Spawn`` without an environment of its own, would pass these on.
    ///
    /// - Parameter title: The text that cmdline shows from now on. It is cut to the length that the arguments had.
    public static func overwriteArgumentsAndEnvironment(title: StaticString) {
        let arguments = shim_arguments()
        var room = overwrite(arguments)
        _ = overwrite(shim_environment())
        guard var place = arguments?.pointee else { return }
        title.withUTF8Buffer { bytes in
            // The last byte stays 0. Otherwise the kernel takes the environment, which follows, for more of the
            // arguments.
            for byte in bytes where room > 1 {
                place.pointee = CChar(bitPattern: byte)
                place += 1
                room -= 1
            }
        }
    }

    /// Zeroes all texts.
    ///
    /// - Returns: The size in bytes, with their NULs, of those that are contiguous with the first.
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

extension Descriptor {
    /// Makes the file that this descriptor is open on the executable of this process, which must run the same program:
    /// /proc/self/exe leads to it from now on (prctl(2), PR_SET_MM_MAP).
    ///
    /// - Returns: False if the kernel or the program does not allow it; then the program can go on, or start again.
    public borrowing func becomeExecutable() -> Bool { shim_replace_executable(number) == 0 }
}

extension ThisProcess {
    /// Whether ``Descriptor/becomeExecutable()`` has succeeded.
    public static var executableIsReplaced: Bool { shim_executable_is_replaced() }
}

/// Whether this program was started by execveat(2) of a descriptor. AT_EXECFN (getauxval(3)) is then `/dev/fd/N`.
public func startedByDescriptor() -> Bool {
    guard let name = UnsafePointer<CChar>(bitPattern: shim_auxiliary(UInt(AT_EXECFN))) else { return false }
    return String(cString: name).hasPrefix("/dev/fd/")
}

/// The size of a memory page in bytes, which the kernel passed to us at the start (getauxval(3), AT_PAGESZ): 4096 on
/// x86.
public var pageSize: Int {
    Int(shim_auxiliary(UInt(AT_PAGESZ)))
}
