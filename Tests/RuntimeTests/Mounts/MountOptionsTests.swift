import Linux
import Testing

@testable import Runtime

@Suite("Mount options")
struct MountOptionsTests {
    @Test(
        "each word sets, clears or propagates; of two contradicting words the later wins",
        arguments: [
            (["ro"], .readOnly), (["ro", "rw"], []), (["rw", "ro"], .readOnly), (["rbind"], [.bind, .recursive]),
            (["nosuid", "noexec", "nodev"], [.noSetuid, .noExecute, .noDevices]),
            (["sync", "dirsync", "lazytime"], [.synchronous, .synchronousDirectories, .lazyTime]),
        ] as [([String], MountFlags)])
    func flags(words: [String], expected: MountFlags) {
        #expect(MountOptions(words).set == expected)
    }

    @Test("a word that no table knows goes to the filesystem")
    func data() {
        #expect(MountOptions(["mode=755", "size=65536k", "ro", "acl"]).data == ["mode=755", "size=65536k", "acl"])
    }

    @Test("propagation is kept separately, in order: the kernel accepts each only on its own")
    func propagation() {
        let options = MountOptions(["rbind", "rslave", "shared"])
        #expect(options.set == [.bind, .recursive])
        #expect(options.propagation == [[.slave, .recursive], .shared])
    }

    @Test(
        "a recursive word about access times clears the whole field first, as the kernel demands",
        arguments: [
            (["rnoatime"], .noAccessTime, .accessTimes), (["rstrictatime"], .strictAccessTime, .accessTimes),
            (["rrelatime"], [], .accessTimes), (["ratime"], [], .accessTimes),
            (["rro", "rnosuid"], [.readOnly, .noSetuid], []),
            (["rro", "rrw"], [], .readOnly), (["rnodiratime"], .noDirectoryAccessTime, []),
        ] as [([String], MountAttributes, MountAttributes)])
    func recursion(words: [String], set: MountAttributes, cleared: MountAttributes) {
        let recursive = MountOptions(words).recursive
        #expect(recursive.set == set)
        #expect(recursive.cleared == cleared)
    }

    @Test(
        "of the words about access times, strictatime wins over noatime; relatime is the default",
        arguments: [
            ([.noAccessTime], .noAccessTime), ([.noAccessTime, .strictAccessTime], .strictAccessTime),
            ([.relativeAccessTime], []), ([.readOnly, .noDirectoryAccessTime], [.readOnly, .noDirectoryAccessTime]),
        ] as [(MountFlags, MountAttributes)])
    func attributes(flags: MountFlags, expected: MountAttributes) {
        #expect(MountOptions.attributes(flags) == expected)
    }

    @Test("features lists exactly the words of the table, sorted")
    func words() {
        let words = MountOptions.words.map { "\($0)" }
        #expect(words == words.sorted())
        #expect(words.allSatisfy { MountOptions.meaning(of: $0) != nil || IDMapOption($0) != nil })
        #expect(words.count == 65)
    }
}
