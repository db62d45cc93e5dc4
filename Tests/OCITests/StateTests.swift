import Foundation
import Testing

@testable import OCI

@Suite("The state of a container")
struct StateTests {
    let state = State(
        ociVersion: "1.3.0", id: "box", status: .running, pid: 4422, bundle: "/bundles/box",
        annotations: ["key": "value"], root: "/bundles/box/rootfs", rootfs: "/bundles/box/rootfs",
        created: "2026-11-22T01:23:54.5Z", owner: "")

    @Test("what hooks read has the spec's properties, and crun's root")
    func hooks() {
        #expect(
            state.json(.compact)
                == #"{"ociVersion":"1.3.0","id":"box","status":"running","pid":4422,"bundle":"/bundles/box","#
                + #""annotations":{"key":"value"},"root":"/bundles/box/rootfs"}"#)
        let stopped = State(ociVersion: "1.3.0", id: "box", status: .stopped, bundle: "/b")
        #expect(stopped.json(.compact) == #"{"ociVersion":"1.3.0","id":"box","status":"stopped","bundle":"/b"}"#)
    }

    @Test("what state prints has runc's properties in runc's order")
    func report() {
        #expect(
            State.Report(state).json(.compact)
                == #"{"ociVersion":"1.3.0","id":"box","pid":4422,"status":"running","bundle":"/bundles/box","#
                + #""rootfs":"/bundles/box/rootfs","created":"2026-11-22T01:23:54.5Z","annotations":{"key":"value"},"#
                + #""owner":""}"#)
        let stopped = State(ociVersion: "1.3.0", id: "box", status: .stopped, bundle: "/b", owner: "")
        #expect(
            State.Report(stopped).json(.compact)
                == #"{"ociVersion":"1.3.0","id":"box","pid":0,"status":"stopped","bundle":"/b","owner":""}"#)
        #expect([State.Report(stopped)].json(.compact).hasPrefix("[{"))
        #expect([State.Report]().json(.compact) == "[]")
    }

    @Test("what a seccomp agent gets")
    func agent() {
        let state = State(ociVersion: "1.3.0", id: "box", status: .creating, pid: 1, bundle: "/b")
        let message = ContainerProcessState(
            ociVersion: "1.3.0", fds: ["seccompFd"], pid: 1, metadata: "data", state: state)
        #expect(
            message.json(.compact) == #"{"ociVersion":"1.3.0","fds":["seccompFd"],"pid":1,"metadata":"data","state":"#
                + state.json(.compact) + "}")
    }
}

@Suite("Features")
struct FeaturesTests {
    @Test("every property is written under the spec's name, in the spec's order")
    func written() {
        let features = Features(
            ociVersionMin: "1.0.0", ociVersionMax: "1.3.0", hooks: ["prestart"], mountOptions: ["ro"],
            linux: LinuxFeatures(
                namespaces: ["pid"], capabilities: ["CAP_KILL"],
                cgroup: CgroupFeatures(v1: false, v2: true, systemd: false, systemdUser: false, rdma: true),
                seccomp: SeccompFeatures(
                    enabled: true, actions: ["a"], operators: ["o"], archs: ["x"], knownFlags: ["k"],
                    supportedFlags: []),
                apparmor: FeatureSwitch(enabled: true), selinux: FeatureSwitch(enabled: false),
                intelRdt: IntelRdtFeatures(enabled: false, schemata: true, monitoring: false),
                memoryPolicy: MemoryPolicyFeatures(modes: ["m"], flags: ["f"]),
                mountExtensions: MountExtensions(idmap: FeatureSwitch(enabled: true)),
                netDevices: FeatureSwitch(enabled: true)),
            annotations: ["a": "b"], potentiallyUnsafeConfigAnnotations: ["bundle"])
        let text =
            #"{"ociVersionMin":"1.0.0","ociVersionMax":"1.3.0","hooks":["prestart"],"mountOptions":["ro"],"linux":{"#
            + #""namespaces":["pid"],"capabilities":["CAP_KILL"],"#
            + #""cgroup":{"v1":false,"v2":true,"systemd":false,"systemdUser":false,"rdma":true},"#
            + #""seccomp":{"enabled":true,"actions":["a"],"operators":["o"],"archs":["x"],"knownFlags":["k"],"#
            + #""supportedFlags":[]},"apparmor":{"enabled":true},"selinux":{"enabled":false},"#
            + #""intelRdt":{"enabled":false,"schemata":true,"monitoring":false},"#
            + #""memoryPolicy":{"modes":["m"],"flags":["f"]},"mountExtensions":{"idmap":{"enabled":true}},"#
            + #""netDevices":{"enabled":true}},"annotations":{"a":"b"},"potentiallyUnsafeConfigAnnotations":["bundle"]}"#
        #expect(features.json(.compact) == text)
        #expect(Features(ociVersionMin: "1.0.0", ociVersionMax: "1.3.0").json(.compact).hasSuffix(#""1.3.0"}"#))
    }
}
