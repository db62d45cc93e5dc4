import Testing

@testable import Runtime

@Suite("Lines of mountinfo")
struct MountInformationTests {
    static let text = """
        21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        22 21 0:20 / /proc rw,nosuid shared:5 master:2 - proc proc rw
        23 22 0:20 /sys /proc/sys ro - proc proc rw
        24 21 0:21 / /with\\040space\\134and\\011tab rw - sysfs sysfs rw
        30 21 254:0 /bundle/rootfs /bundle/rootfs rw - ext4 /dev/vda rw
        31 30 0:30 / /bundle/rootfs/proc rw - proc proc rw
        a broken line
        """

    @Test("ids, roots, places and types are read, whatever stands between them and is escaped")
    func fields() {
        let mounts = MountInformation.list(Self.text)
        #expect(mounts.map(\.id) == [21, 22, 23, 24, 30, 31])
        #expect(mounts.map(\.parent) == [1, 21, 22, 21, 21, 30])
        #expect(mounts[3].destination == "/with space\\and\ttab")
        #expect(mounts[2].root == "/sys")
        #expect(mounts.map(\.type) == ["ext4", "proc", "proc", "sysfs", "ext4", "proc"])
    }

    @Test("whole kernel views differ from parts of them, and the container's mounts from the host's")
    func views() {
        let mounts = MountInformation.list(Self.text)
        #expect(mounts.filter(\.isWholeKernelView).map(\.id) == [22, 24, 31])
        #expect(mounts.ids(below: 30) == [30, 31])
        #expect(mounts.ids(below: 21) == [21, 22, 23, 24, 30, 31])
        // The first mount of a mount namespace lies on itself, or a broken list goes in a circle.
        #expect(MountInformation.list("1 2 0:1 / / rw - a b rw\n2 1 0:1 / / rw - a b rw").ids(below: 1) == [1, 2])
    }
}
