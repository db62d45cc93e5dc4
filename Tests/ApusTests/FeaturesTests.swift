import Base
import Foundation
@testable import OCI
import Testing

@testable import Runtime

@Suite("features")
struct FeaturesTests {
    let features = Features.ofRuntime

    @Test("every mount option in the list means something, and the list is sorted")
    func mountOptions() throws {
        let words = try #require(features.mountOptions)
        #expect(words == words.sorted())
        #expect(words.count == Set(words).count)
        for word in words { #expect(MountOptions.meaning(of: word) != nil || IDMapOption(word) != nil, "\(word)") }
        // containerd, Docker and cri-o look for it before they offer recursive read-only mounts.
        #expect(words.contains("rro"))
    }

    @Test("every architecture, action and operator in the list is read")
    func seccomp() throws {
        let seccomp = try #require(features.linux?.seccomp)
        for word in try #require(seccomp.archs) { #expect(SeccompArchitecture(word: word) != nil, "\(word)") }
        for word in try #require(seccomp.actions) { #expect(SeccompAction(rawValue: word) != nil, "\(word)") }
        for word in try #require(seccomp.operators) { #expect(SeccompOperator(rawValue: word) != nil, "\(word)") }
        #expect(seccomp.archs?.contains("SCMP_ARCH_X86_64") == true)
        for list in [seccomp.archs, seccomp.actions, seccomp.operators, seccomp.knownFlags] {
            #expect(list == list?.sorted())
        }
        for flag in try #require(seccomp.knownFlags) {
            let profile = Seccomp(defaultAction: .allow, flags: [flag])
            #expect(throws: Never.self, "\(flag)") { try SeccompProfile(profile) }
        }
        #expect(seccomp.actions?.contains("SCMP_ACT_NOTIFY") ?? false)
    }

    @Test("capabilities are those of the kernel's headers, in their order")
    func capabilities() throws {
        let names = try #require(features.linux?.capabilities)
        #expect(names.first == "CAP_CHOWN")
        #expect(names.count >= 41)
        #expect(names[40] == "CAP_CHECKPOINT_RESTORE")
    }

    @Test("namespaces and hooks are those that apus supports")
    func lists() {
        #expect(features.linux?.namespaces == ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"])
        #expect(
            features.hooks == [
                "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
            ])
    }

    @Test("annotations that change what the runtime does")
    func annotations() {
        let names = ["run.oci.keep_original_groups", "run.oci.pidfd_receiver"]
        #expect(features.potentiallyUnsafeConfigAnnotations == names)
    }

    @Test("the other Linux features: labels, memory policies, network devices, and no resctrl")
    func linux() throws {
        let linux = try #require(features.linux)
        #expect(linux.apparmor?.enabled == true && linux.selinux?.enabled == true)
        #expect(linux.intelRdt == IntelRdtFeatures(enabled: false, schemata: false, monitoring: false))
        #expect(linux.netDevices?.enabled == true)
        let policy = try #require(linux.memoryPolicy)
        #expect(policy.modes == MemoryPolicy.Mode.allCases.map(\.word).sorted())
        #expect(policy.flags == ["MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"])
    }

    @Test("both versions are present, since cri-o refuses features without them, and the text is JSON")
    func json() throws {
        let text = features.json(.spaces(4))
        #expect(text.hasPrefix("{\n    \"ociVersionMin\": \"1.0.0\",\n    \"ociVersionMax\": \"1.3.0\",\n"))
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(object?["linux"] != nil)
    }
}
