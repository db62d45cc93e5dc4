import Testing

@testable import Runtime

@Suite("Descriptors named by paths")
struct NamedDescriptorsTests {
    @Test("a path through a descriptor of ours names it, and no other path does")
    func paths() {
        func numbers(_ paths: String?...) -> [CInt] { NamedDescriptors(paths, above: 2, pid: 42).numbers }
        #expect(
            numbers("/dev/fd/63", "/proc/self/fd/9/config.json", "/proc/42/fd/10", "//proc/thread-self/fd/7") == [
                7, 9, 10, 63,
            ])
        #expect(numbers("/dev/fd/9", "/proc/self/fd/9", nil) == [9])
        #expect(
            numbers("/dev/fd/2", "/dev/fd", "/dev/fd/x", "/dev/fd/-3", "dev/fd/9", "/proc/43/fd/9", "/a/dev/fd/9")
                .isEmpty)
        #expect(NamedDescriptors(["/dev/fd/5", "/dev/fd/6"], above: 5, pid: 42).numbers == [6])
    }
}
