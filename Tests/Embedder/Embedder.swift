import Base
import Glibc
import Runtime

/// A program that embeds the library `Runtime` as another package would: it uses only public names of the product's
/// modules. `EmbeddingTests` call it.
///
///     Embedder sealed|unsealed create|run|exec ROOT BUNDLE ID
///
/// On standard output it says when `main` begins, whether its own file can be written, which status the library
/// returned, and in which directory it then is.
@main
enum Embedder {
    static func main() {
        say("main begins, its file is \(isFileReadOnly() ? "read-only" : "writable")")
        let words = CommandLine.arguments
        guard words.count == 6 else { exit(2) }
        do throws(Failure) {
            let status = try perform(
                words[2], seals: words[1] == "sealed", root: words[3], bundle: words[4], id: words[5])
            say("status \(status)")
        } catch {
            _ = (error.line + "\n").withCString { write(2, $0, strlen($0)) }
            exit(1)
        }
        if let path = getcwd(nil, 0) { say("in \(String(cString: path))") }
    }

    private static func perform(
        _ verb: String, seals: Bool, root: String, bundle: String, id: String
    ) throws(Failure) -> CInt {
        let runtime = RuntimeOptions(root: root)
        if verb == "exec" {
            var options = ExecOptions()
            options.arguments = ["/bin/sh", "-c", "exit 7"]
            if seals { try sealProgram(for: options, in: runtime) }
            return try exec(id: id, options: options, in: runtime)
        }
        var options = RunOptions()
        options.create.bundle = bundle
        options.create.pidFile = bundle + "/pid"
        if seals { try sealProgram(for: options.create, in: runtime) }
        if verb == "run" { return try run(id: id, options: options, in: runtime) }
        try create(id: id, options: options.create, in: runtime)
        return 0
    }

    /// Whether this program runs from a mount that is read-only.
    private static func isFileReadOnly() -> Bool {
        var information = statvfs()
        return statvfs("/proc/self/exe", &information) == 0 && information.f_flag & UInt(ST_RDONLY) != 0
    }

    /// Writes a line at once: what `print` still has in memory is lost if the program starts again.
    private static func say(_ text: String) { _ = (text + "\n").withCString { write(1, $0, strlen($0)) } }
}
