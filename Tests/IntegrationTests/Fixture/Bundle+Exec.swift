import Glibc
import Testing

extension Bundle {
    /// Runs `body` with a running container that `edit` shapes. Its program sleeps.
    static func running(_ edit: (inout JSON) throws -> Void = { _ in }, _ body: (Bundle) throws -> Void) throws {
        try with {
            $0.args = ["/bin/sleep", "10000"]
            try edit(&$0)
        } _: { bundle in
            try bundle.launch()
            try body(bundle)
        }
    }

    /// Calls `exec` with `options`, the container's id, and `command`.
    func exec(
        _ command: [String], _ options: [String] = [], surroundings: Program.Surroundings = .init()
    ) throws -> Outcome {
        try call(["exec"] + options + [id] + command, surroundings)
    }

    /// Runs a script with the container's shell by `exec` and returns what it printed. The test fails if the script
    /// does not end with 0.
    func output(
        ofExec script: String, _ options: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try exec(["/bin/sh", "-c", script], options)
        #expect(outcome.exit == 0, "\(outcome.said)", sourceLocation: sourceLocation)
        return outcome.output
    }

    /// Calls `exec` with a process file: the process of config.json, changed by `edit`, whose program is a shell with
    /// `script`.
    func exec(_ script: String, process edit: (inout JSON) throws -> Void, _ options: String...) throws -> Outcome {
        var process = try JSON(try Files.text(folder + "/config.json"))["process"]
        process["args"] = ["/bin/sh", "-c", .string(script)]
        try edit(&process)
        let path = "\(folder)/process-\(UInt32.random(in: 0 ... .max))"
        try Files.write(path, process.text)
        return try call(["exec", "--process", path] + options + [id], .init())
    }

    /// Starts a sleeping program by `exec --detach` and returns its pid on the host.
    func sleeper(_ options: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> pid_t {
        let file = "\(folder)/exec-pid"
        let outcome = try exec(["/bin/sleep", "1000"], ["--detach", "--pid-file", file] + options)
        #expect(outcome.exit == 0, "\(outcome.said)", sourceLocation: sourceLocation)
        return Files.value(file).flatMap { pid_t($0) } ?? 0
    }
}
