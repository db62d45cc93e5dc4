import Glibc

/// Starts programs under a seccomp filter of the test, as under that of an older engine or a sandbox.
enum FilteredProgram {
    /// Runs `words` under a filter that answers `calls`, numbers of x86_64, with `errno`.
    ///
    /// The filter is on a thread that ends with the call: a filter belongs to a thread and everything that the thread
    /// starts.
    static func run(_ words: [String], refusing calls: [UInt32], with errno: Int32) throws -> Outcome {
        let job = Job(words, calls, errno)
        var thread = pthread_t()
        let answer = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().perform()
                return nil
            }, Unmanaged.passRetained(job).toOpaque())
        guard answer == 0 else { throw FixtureFailure("start a thread: \(answer)") }
        pthread_join(thread, nil)
        return try job.result.get()
    }

    private final class Job {
        let words: [String]
        let calls: [UInt32]
        let errno: Int32
        var result: Result<Outcome, any Error> = .failure(FixtureFailure("not run"))

        init(_ words: [String], _ calls: [UInt32], _ errno: Int32) {
            (self.words, self.calls, self.errno) = (words, calls, errno)
        }

        func perform() {
            result = Result {
                try load()
                return try Program.run(words, limit: 60)
            }
        }

        /// prctl(2), which Swift cannot call by its name: it takes a variable number of arguments.
        private static func control(_ operation: CInt, _ a: UInt, _ b: UInt, _ c: UInt, _ d: UInt) -> CInt {
            typealias Function = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt
            guard let address = dlsym(nil, "prctl") else { return -1 }
            return unsafeBitCast(address, to: Function.self)(operation, a, b, c, d)
        }

        /// Loads: the call's number; for each of ours, answer or go on; allow.
        private func load() throws {
            let errno = UInt32(bitPattern: self.errno)
            var code = [sock_filter(code: 0x20, jt: 0, jf: 0, k: 0)]
            for call in calls {
                code.append(sock_filter(code: 0x15, jt: 0, jf: 1, k: call))
                code.append(sock_filter(code: 0x06, jt: 0, jf: 0, k: 0x0005_0000 | errno))
            }
            code.append(sock_filter(code: 0x06, jt: 0, jf: 0, k: 0x7FFF_0000))
            let count = UInt16(code.count)
            let answer = code.withUnsafeMutableBufferPointer { code in
                var program = sock_fprog(len: count, filter: code.baseAddress)
                // PR_SET_SECCOMP, SECCOMP_MODE_FILTER; root needs no PR_SET_NO_NEW_PRIVS
                return withUnsafePointer(to: &program) { Self.control(22, 2, UInt(bitPattern: $0), 0, 0) }
            }
            guard answer == 0 else { throw FixtureFailure.errno("load a seccomp filter") }
        }
    }
}

/// `struct sock_filter` and `struct sock_fprog` of linux/filter.h, which Glibc does not bring.
struct sock_filter {
    var code: UInt16
    var jt: UInt8
    var jf: UInt8
    var k: UInt32
}

struct sock_fprog {
    var len: UInt16
    var filter: UnsafeMutablePointer<sock_filter>?
}
