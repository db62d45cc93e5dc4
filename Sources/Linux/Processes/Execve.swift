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
    public borrowing func execveSelf() -> Errno {
        Errno(rawValue: -shim_execveat(number, "", shim_arguments(), shim_environment(), AT_EMPTY_PATH))
    }
}
