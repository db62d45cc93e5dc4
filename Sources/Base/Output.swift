import CShim

/// The output for results and the one for diagnostics. We do not use stdio: fork copies its buffer, so a line in it
/// would be printed twice.
public enum Output: CInt, Sendable {
    case result = 1
    case diagnostics = 2

    /// Writes the whole `text`, in one write(2) if the kernel allows. A closed output is not an error.
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
