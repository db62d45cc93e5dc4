import Glibc
import Testing

/// The file that init runs from while it is the runtime: nobody can write it (runc CVE-2019-5736).
@Suite("The sealed binary", .inMachine, .oursOnly)
struct SealedBinaryTests {
    /// The numbers of x86_64.
    private static let (mremap, execveat): (UInt32, UInt32) = (25, 322)

    /// Creates the container under a filter that refuses `calls`, and looks at the executable of its init.
    private func expectSealed(refusing calls: [UInt32]) throws {
        try Bundle.with({ $0.shell("true") }) { bundle in
            let log = bundle.folder + "/log/create"
            let create = bundle.words(
                ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id], log: log)
            let outcome = try FilteredProgram.run(create, refusing: calls, with: ENOSYS)
            #expect(outcome.exit == 0, "\(outcome.said)")
            let executable = "/proc/\(bundle.pid)/exe"
            var filesystem = statvfs()
            #expect(statvfs(executable, &filesystem) == 0)
            #expect(filesystem.f_flag & UInt(ST_RDONLY) != 0, "init runs from a file that can be written")
            var (file, own) = (stat(), stat())
            #expect(stat(executable, &file) == 0 && stat(RuntimeUnderTest.path, &own) == 0)
            #expect(file.st_ino == own.st_ino)
        }
    }

    @Test("the program exchanges its executable for the sealed one, without a second start")
    func exchanged() throws { try expectSealed(refusing: [Self.execveat]) }

    @Test("if it cannot, it starts again from the sealed file")
    func startedAgain() throws { try expectSealed(refusing: [Self.mremap]) }

    @Test("if it can do neither, it makes no container")
    func neither() throws {
        try Bundle.with({ $0.shell("true") }) { bundle in
            let log = bundle.folder + "/log/run"
            var outcome = try FilteredProgram.run(
                bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: log),
                refusing: [Self.mremap, Self.execveat], with: ENOSYS)
            outcome.log = (try? Files.text(log)) ?? ""
            expectFailure(outcome, "start the sealed binary")
            bundle.expectNothingLeft()
        }
    }
}
