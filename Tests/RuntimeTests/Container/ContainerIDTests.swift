import Base
import TestSupport
import Testing

@testable import Runtime

/// The commands' side of this is in `IntegrationTests`.
@Suite("The name of a container")
struct ContainerIDTests {
    static let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-."

    @Test("the letters and digits of ASCII and _ + - . are allowed, and no other character")
    func characters() {
        for scalar in (0..<0x250).compactMap(Unicode.Scalar.init) {
            let text = "a\(Character(scalar))"
            let isAllowed = Self.allowed.unicodeScalars.contains(scalar)
            #expect(((try? ContainerID(text))?.text == text) == isAllowed, "U+\(String(scalar.value, radix: 16))")
        }
    }

    @Test(". and .. are refused, but a name may contain them", arguments: ["...", "..a", "a..", ".a", "-", "_"])
    func dots(text: String) throws {
        #expect(try ContainerID(text).text == text)
        for reserved in [".", ".."] {
            #expect(throws: Failure.self) { try ContainerID(reserved) }
        }
    }

    @Test("a refusal is one line with the words of runc and a code")
    func refusals() {
        let empty = #expect(throws: Failure.self) { try ContainerID("") }
        #expect(empty?.line == "container id cannot be empty")
        #expect(empty?.code == .invalidID)
        let wrong = #expect(throws: Failure.self) { try ContainerID("a\nb") }
        #expect(wrong?.line.hasPrefix(#"invalid container ID format: "a\nb""#) == true, "\(wrong?.line ?? "")")
        #expect(wrong?.line.contains("\n") == false)
        #expect(wrong?.code == .invalidID)
    }

    @Test("what is below --root under a name that is no id is not listed as a container")
    func listed() throws {
        let root = try TemporaryFolder()
        for name in ["b", "a", ".locks~", "caf\u{e9}", "c d"] { try root.write("", to: name) }
        #expect(try Store(root: root.path).ids() == ["a", "b"])
        #expect(try Store(root: root.path + "/none").ids() == nil)
    }
}
