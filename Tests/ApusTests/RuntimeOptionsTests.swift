import Base
import Linux
import Runtime
import Testing

@testable import apus

@Suite("The options that reach the runtime")
struct RuntimeOptionsTests {
    @Test("each option of create arrives, and its paths are absolute")
    func create() throws {
        let current = try ThisProcess.getcwd()
        let options = try CreateCommand(
            id: "c1", bundle: "b", consoleSocket: "s", pidfdSocket: "q", pidFile: "p", noPivot: true,
            noNewKeyring: true,
            preserveFDs: 3
        ).options
        #expect(options.bundle == "b")
        #expect(options.consoleSocket == "\(current)/s")
        #expect(options.pidfdSocket == "\(current)/q")
        #expect(options.pidFile == "\(current)/p")
        #expect(options.noPivot && options.noNewKeyring)
        #expect(options.preserveFDs == 3)
    }

    @Test("each option of run arrives")
    func run() throws {
        let all = try RunCommand(
            creation: CreateCommand(id: "c1", bundle: "/b"), detach: true, keep: true, noSubreaper: true
        ).options
        #expect(all.create.bundle == "/b")
        #expect(all.detach && all.keep && all.noSubreaper)
        let none = try RunCommand(creation: CreateCommand(id: "c1")).options
        #expect(none.create.bundle == "." && none.create.pidFile == nil)
        #expect(!none.detach && !none.keep && !none.noSubreaper)
    }

    @Test("the global options arrive, with absolute paths")
    func globals() throws {
        let current = try ThisProcess.getcwd()
        let options = try Globals(root: "r/../s", debug: true, systemdCgroup: true, rootless: false, trace: "t")
            .runtimeOptions()
        #expect(options.root == Path.cleaned(current) + "/s")
        #expect(options.debug && options.systemdCgroup)
        #expect(options.rootless == false)
        #expect(options.traceFile == "\(current)/t")
        let none = try Globals(root: "/r").runtimeOptions()
        #expect(!none.debug && !none.systemdCgroup && none.rootless == nil && none.traceFile == nil)
    }
}
