import Base
import CShim
import Linux

/// The program, from its arguments to its exit status.
///
/// The status is 0 for success and 1 for a failure of the runtime itself (255 for `exec`). For `run` and `exec` it is
/// the status of the container's program.
enum Program {
    /// Reads the process's own arguments and does what they ask for.
    static func main() -> CInt {
        do {
            Signals.resetChildSignal()
            Signals.ignoreBrokenPipes()
            try openMissingStandardDescriptors()
            return run(try arguments())
        } catch {
            Log().report(error)
            return 1
        }
    }

    /// Does what `arguments` ask for, which are without the program's name.
    static func run(_ arguments: [String]) -> CInt {
        let (globals, request) = Request.read(arguments)
        switch request {
        case .help(let verb): Output.result.write(verb.map { Help.command($0) } ?? Help.program)
        case .version: Output.result.write(VersionBlock.text)
        case .perform(let command):
            return logged(globals, failureStatus: command.failureStatus) { () throws(Failure) in
                try command.perform(in: globals)
            }
        case .misuse(let misuse):
            Output.result.write(misuse.output)
            return logged(globals) { () throws(Failure) in throw misuse.failure.coded(.usage) }
        }
        return 0
    }

    /// Runs `body`. If it fails, writes one line to the log.
    private static func logged(
        _ globals: Globals, failureStatus: CInt = 1, _ body: () throws(Failure) -> CInt
    ) -> CInt {
        let log: Log
        do {
            log = try globals.openLog()
            try log.check()
        } catch {
            Log().report(error)
            return failureStatus
        }
        log.debug("apus \(Version.apus) (commit \(Version.commit ?? "unknown")) begins, as user \(shim_geteuid())")
        do {
            let status = try body()
            log.debug("apus ends with status \(status)")
            return status
        } catch {
            log.report(error)
            return failureStatus
        }
    }

    /// Returns the arguments without the program's name, from a list such as main(3) gets.
    ///
    /// - Throws: ``Failure`` if an argument is not UTF-8. Swift would repair such a text, and the path could then name
    ///   another file.
    static func arguments(
        _ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = shim_arguments()
    ) throws(Failure) -> [String] {
        var arguments: [String] = []
        // Before Linux 5.18, execve(2) lets a caller leave out even the program's name.
        guard let values, values[0] != nil else { return arguments }
        while let value = values[arguments.count + 1] {
            guard let argument = String(validatingCString: value) else {
                let text = String(cString: value)
                throw Failure("argument \(arguments.count + 1) is not UTF-8: \"\(text)\"", code: .usage)
            }
            arguments.append(argument)
        }
        return arguments
    }
}

shim_exit(Program.main())
