import Testing

/// A program of somebody else that embeds the library, as the README says ("How the source is laid out"). It is `Tests/Embedder`.
@Suite("A program that embeds the library", .inMachine, .oursOnly)
struct EmbeddingTests {
    /// Whether the program calls `sealProgram`.
    enum Seal: String { case sealed, unsealed }

    /// The built program, beside the tests.
    private static let built = (Files.link("/proc/self/exe")?.folder ?? "") + "/Embedder"

    /// Calls the program from a copy in the bundle's folder. The built one may be on a disk that is read-only already.
    private func call(_ seal: Seal, _ verb: String, _ bundle: Bundle) throws -> Outcome {
        let program = bundle.folder + "/embedder"
        if !Files.exists(program) { try Files.write(program, try Files.bytes(Self.built), mode: 0o755) }
        return try Program.run([program, seal.rawValue, verb, bundle.state, bundle.folder, bundle.id])
    }

    /// What the program prints if it is started again by `sealProgram`.
    private static let begins = ["main begins, its file is writable", "main begins, its file is read-only"]

    @Test("sealProgram starts the program again from a file that nobody can write, and then run returns the status")
    func run() throws {
        try Bundle.with({ $0.shell("echo hello; exit 7") }) { bundle in
            let outcome = try call(.sealed, "run", bundle)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(
                outcome.output.lines == Self.begins + ["hello", "status 7", "in \(bundle.folder)"], "\(outcome.said)")
        }
    }

    @Test("create leaves the program in the bundle's directory, and the command line knows the container")
    func create() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let outcome = try call(.sealed, "create", bundle)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(outcome.output.lines == Self.begins + ["status 0", "in \(bundle.folder)"], "\(outcome.said)")
            #expect(bundle.status == "created")
            expectSuccess(try bundle.start())
            #expect(bundle.status == "running")
            let entered = try call(.sealed, "exec", bundle)
            #expect(entered.exit == 0, "\(entered.said)")
            #expect(entered.output.lines.starts(with: Self.begins + ["status 7"]), "\(entered.said)")
        }
    }

    @Test(
        "a program that did not call sealProgram can make and enter no container", arguments: ["create", "run", "exec"])
    func unsealed(verb: String) throws {
        func refuse(_ bundle: Bundle) throws {
            let outcome = try call(.unsealed, verb, bundle)
            #expect(outcome.exit == 1, "\(outcome.said)")
            let words = "the binary is not sealed; hint: call sealProgram at the start of main\n"
            #expect(outcome.diagnostics.hasSuffix(words), "\(outcome.said)")
            #expect(outcome.output.lines == [Self.begins[0]], "\(outcome.said)")
        }
        if verb == "exec" {
            try Bundle.running { bundle in try refuse(bundle) }
        } else {
            try Bundle.with { bundle in
                try refuse(bundle)
                #expect(Files.names(bundle.state) == [])
            }
        }
    }
}

extension String {
    /// The path without its last part.
    fileprivate var folder: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "" }
}
