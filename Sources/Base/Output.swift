import CShim

/// Where a line for a person or a program goes. No stdio: a buffer that is copied by a fork is printed twice.
public enum Output: CInt, Sendable {
    case result = 1
    case diagnostics = 2

    /// Writes `text` whole, in one write(2) where the kernel allows; a closed output is not an error.
    ///
    /// - Returns: Whether all of it was written.
    @discardableResult
    public func write(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = shim_write(rawValue, rest.baseAddress, rest.count)
                if count == -Int(Errno.EINTR.rawValue) { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
            return true
        }
    }
}
