import Base
import CShim
import Linux

/// Returns the ids of the containers that match an extended regular expression (regex(7)), in whole or in part, sorted.
/// `kill --regex` and `delete --regex` use it, as in crun.
public func containers(matching pattern: String, in options: RuntimeOptions) throws(Failure) -> [String] {
    let pattern = try IDPattern(pattern)
    return (try options.store.ids() ?? []).filter { pattern.fits($0) }
}

/// A compiled extended regular expression.
struct IDPattern: ~Copyable {
    private var expression = regex_t()

    init(_ text: String) throws(Failure) {
        let answer = regcomp(&expression, text, REG_EXTENDED | REG_NOSUB)
        guard answer == 0 else {
            throw Failure(
                "invalid regular expression \(quoted(text))", hint: "an extended one, as in regex(7)", code: .usage)
        }
    }

    deinit {
        var expression = expression
        regfree(&expression)
    }

    /// Whether some part of `id` matches.
    borrowing func fits(_ id: String) -> Bool {
        withUnsafePointer(to: expression) { regexec($0, id, 0, nil, 0) == 0 }
    }
}
