import Base
import Foundation
import Testing

@testable import OCI

@Suite("Reading and writing config.json")
struct ConfigReadingTests {
    @Test("every property of the spec is read into its place")
    func everyProperty() throws {
        #expect(try Config(json: WholeConfig.text) == WholeConfig.value)
    }

    @Test("and written again, in each layout", arguments: [JSONWriter.Layout.compact, .spaces(4), .tabs])
    func written(layout: JSONWriter.Layout) throws {
        let text = WholeConfig.value.json(layout)
        #expect(try Config(json: text) == WholeConfig.value)
        // Another reader sees the same: no property is lost or renamed in either direction.
        let written = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
        let given = try #require(JSONSerialization.jsonObject(with: Data(WholeConfig.text.utf8)) as? NSDictionary)
        #expect(written == given)
    }

    @Test("what is absent stays absent, and unknown properties are skipped")
    func absent() throws {
        #expect(try Config(json: #"{"ociVersion":"1.0.0"}"#) == Config(ociVersion: "1.0.0"))
        let text = #"""
            {"ociVersion":"1.0.0","windows":{"layerFolders":["C:\\x"]},"x":[1.5e3,{"y":null}],"linux":{"more":true},
             "process":{"cwd":"/","user":{"uid":3,"gid":4,"username":"me"}},"hooks":{"later":[{}]}}
            """#
        let config = Config(
            ociVersion: "1.0.0", process: Process(user: User(uid: 3, gid: 4), cwd: "/"), hooks: Hooks(),
            linux: LinuxConfig())
        #expect(try Config(json: text) == config)
    }

    @Test("absent and empty are different")
    func empty() throws {
        let absent = try Seccomp(json: #"{"defaultAction":"SCMP_ACT_ALLOW"}"#)
        let empty = try Seccomp(json: #"{"defaultAction":"SCMP_ACT_ALLOW","flags":[],"syscalls":[]}"#)
        #expect(absent.flags == nil && absent.syscalls == nil)
        #expect(empty.flags == [] && empty.syscalls == [])
        #expect(empty.json(.compact) == #"{"defaultAction":"SCMP_ACT_ALLOW","flags":[],"syscalls":[]}"#)
        #expect(absent.json(.compact) == #"{"defaultAction":"SCMP_ACT_ALLOW"}"#)
    }

    @Test("a process without user is root's, since the spec does not require user")
    func noUser() throws {
        #expect(try Process(json: #"{"cwd":"/"}"#).user == User(uid: 0, gid: 0))
    }

    @Test(
        "a required property that is absent is named, with the pointer of its object",
        arguments: [
            ("{}", "the configuration needs \"ociVersion\""),
            (#"{"root":{}}"#, "root needs \"path\" (config.json /root)"),
            (#"{"process":{"args":["a"]}}"#, "process needs \"cwd\" (config.json /process)"),
            (#"{"process":{"user":{"gid":1}}}"#, "a user needs \"uid\" (config.json /process/user)"),
            (
                #"{"process":{"consoleSize":{"width":1}}}"#,
                "a console size needs \"height\" (config.json /process/consoleSize)"
            ),
            (
                #"{"process":{"consoleSize":{"height":1}}}"#,
                "a console size needs \"width\" (config.json /process/consoleSize)"
            ),
            (
                #"{"process":{"rlimits":[{"soft":1,"hard":1}]}}"#,
                "a resource limit needs \"type\" (config.json /process/rlimits/0)"
            ),
            (
                #"{"process":{"rlimits":[{"type":"a","hard":1}]}}"#,
                "a resource limit needs \"soft\" (config.json /process/rlimits/0)"
            ),
            (
                #"{"process":{"rlimits":[{"type":"a","soft":1}]}}"#,
                "a resource limit needs \"hard\" (config.json /process/rlimits/0)"
            ),
            (
                #"{"process":{"rlimits":[{"type":"a"}]}}"#,
                "a resource limit needs \"soft\" (config.json /process/rlimits/0)"
            ),
            (#"{"linux":{"devices":[{}]}}"#, "a device needs \"type\" (config.json /linux/devices/0)"),
            (#"{"process":{"scheduler":{}}}"#, "a scheduler needs \"policy\" (config.json /process/scheduler)"),
            (
                #"{"process":{"ioPriority":{"priority":1}}}"#,
                "an I/O priority needs \"class\" (config.json /process/ioPriority)"
            ),
            (#"{"mounts":[{}]}"#, "a mount needs \"destination\" (config.json /mounts/0)"),
            (
                #"{"mounts":[{"uidMappings":[{}]}]}"#,
                "an id mapping needs \"containerID\" (config.json /mounts/0/uidMappings/0)"
            ),
            (
                #"{"hooks":{"poststop":[{"path":"/a"},{"args":[]}]}}"#,
                "a hook needs \"path\" (config.json /hooks/poststop/1)"
            ),
            (
                #"{"linux":{"gidMappings":[{"containerID":0,"size":1}]}}"#,
                "an id mapping needs \"hostID\" (config.json /linux/gidMappings/0)"
            ),
            (
                #"{"linux":{"namespaces":[{"path":"/a"}]}}"#,
                "a namespace needs \"type\" (config.json /linux/namespaces/0)"
            ),
            (#"{"linux":{"devices":[{"path":"/a"}]}}"#, "a device needs \"type\" (config.json /linux/devices/0)"),
            (#"{"linux":{"devices":[{"type":"c"}]}}"#, "a device needs \"path\" (config.json /linux/devices/0)"),
            (#"{"linux":{"memoryPolicy":{}}}"#, "a memory policy needs \"mode\" (config.json /linux/memoryPolicy)"),
            (#"{"linux":{"personality":{}}}"#, "a personality needs \"domain\" (config.json /linux/personality)"),
            (
                #"{"linux":{"resources":{"devices":[{}]}}}"#,
                "a device rule needs \"allow\" (config.json /linux/resources/devices/0)"
            ),
            (
                #"{"linux":{"resources":{"hugepageLimits":[{"limit":1}]}}}"#,
                "a huge page limit needs \"pageSize\" (config.json /linux/resources/hugepageLimits/0)"
            ),
            (
                #"{"linux":{"resources":{"hugepageLimits":[{"pageSize":"2MB"}]}}}"#,
                "a huge page limit needs \"limit\" (config.json /linux/resources/hugepageLimits/0)"
            ),
            (
                #"{"linux":{"resources":{"network":{"priorities":[{"priority":1}]}}}}"#,
                "an interface's priority needs \"name\" (config.json /linux/resources/network/priorities/0)"
            ),
            (
                #"{"linux":{"resources":{"network":{"priorities":[{"name":"a"}]}}}}"#,
                "an interface's priority needs \"priority\" (config.json /linux/resources/network/priorities/0)"
            ),
            (
                #"{"linux":{"resources":{"blockIO":{"weightDevice":[{"minor":1}]}}}}"#,
                "a device's weight needs \"major\" (config.json /linux/resources/blockIO/weightDevice/0)"
            ),
            (
                #"{"linux":{"resources":{"blockIO":{"weightDevice":[{"major":1}]}}}}"#,
                "a device's weight needs \"minor\" (config.json /linux/resources/blockIO/weightDevice/0)"
            ),
            (
                #"{"linux":{"resources":{"blockIO":{"throttleReadBpsDevice":[{"major":1,"minor":1}]}}}}"#,
                "a device's rate needs \"rate\" (config.json /linux/resources/blockIO/throttleReadBpsDevice/0)"
            ),
            (#"{"linux":{"seccomp":{}}}"#, "seccomp needs \"defaultAction\" (config.json /linux/seccomp)"),
            (
                #"{"linux":{"seccomp":{"syscalls":[{"action":"SCMP_ACT_LOG"}]}}}"#,
                "a seccomp rule needs \"names\" (config.json /linux/seccomp/syscalls/0)"
            ),
            (
                #"{"linux":{"seccomp":{"syscalls":[{"names":["a"]}]}}}"#,
                "a seccomp rule needs \"action\" (config.json /linux/seccomp/syscalls/0)"
            ),
            (
                #"{"linux":{"seccomp":{"syscalls":[{"args":[{"value":1,"op":"SCMP_CMP_EQ"}]}]}}}"#,
                "a condition on an argument needs \"index\" (config.json /linux/seccomp/syscalls/0/args/0)"
            ),
            (
                #"{"linux":{"seccomp":{"syscalls":[{"args":[{"index":1,"op":"SCMP_CMP_EQ"}]}]}}}"#,
                "a condition on an argument needs \"value\" (config.json /linux/seccomp/syscalls/0/args/0)"
            ),
            (
                #"{"linux":{"seccomp":{"syscalls":[{"args":[{"index":1,"value":1}]}]}}}"#,
                "a condition on an argument needs \"op\" (config.json /linux/seccomp/syscalls/0/args/0)"
            ),
        ])
    func missing(text: String, expected: String) {
        #expect(line { () throws(Failure) in _ = try Config(json: text) } == expected)
    }

    @Test(
        "a value of another kind is reported at its pointer",
        arguments: [
            ("[]", "expected an object, found an array"),
            (#"{"ociVersion":1}"#, "expected a string, found a number (config.json /ociVersion)"),
            (#"{"process":"sh"}"#, "expected an object, found a string (config.json /process)"),
            (
                #"{"process":{"user":{"additionalGids":[1,"2"]}}}"#,
                "expected an integer, found a string (config.json /process/user/additionalGids/1)"
            ),
            (#"{"process":{"terminal":0}}"#, "expected true or false, found a number (config.json /process/terminal)"),
            (#"{"process":{"env":{"A":"1"}}}"#, "expected an array, found an object (config.json /process/env)"),
            (
                #"{"process":{"scheduler":{"flags":[true]}}}"#,
                "expected a string, found a boolean (config.json /process/scheduler/flags/0)"
            ),
            (
                #"{"mounts":[{"destination":"/","options":["ro"]},{"options":["ro",7]}]}"#,
                "expected a string, found a number (config.json /mounts/1/options/1)"
            ),
            (#"{"annotations":{"a":{"b":1}}}"#, "expected a string, found an object (config.json /annotations/a)"),
            (
                #"{"linux":{"sysctl":{"net/ipv4":1}}}"#,
                "expected a string, found a number (config.json /linux/sysctl/net~1ipv4)"
            ),
            (
                #"{"linux":{"sysctl":{"a":"\u0000"}}}"#,
                "the string must not hold a NUL character (config.json /linux/sysctl/a)"
            ),
            (
                #"{"linux":{"timeOffsets":{"monotonic":{"nanosecs":-1}}}}"#,
                "-1 is out of range: expected 0 to 4294967295 (config.json /linux/timeOffsets/monotonic/nanosecs)"
            ),
            (
                #"{"linux":{"resources":{"rdma":{"a":[]}}}}"#,
                "expected an object, found an array (config.json /linux/resources/rdma/a)"
            ),
            (
                #"{"linux":{"resources":{"unified":{"a":1}}}}"#,
                "expected a string, found a number (config.json /linux/resources/unified/a)"
            ),
            (
                #"{"linux":{"netDevices":{"a":null}}}"#,
                "expected an object, found null (config.json /linux/netDevices/a)"
            ),
        ])
    func wrongKind(text: String, expected: String) {
        #expect(line { () throws(Failure) in _ = try Config(json: text) } == expected)
    }

    @Test(
        "a word that the spec does not know is reported at its pointer, with the known ones",
        arguments: [
            (
                #"{"linux":{"namespaces":[{"type":"Pid"}]}}"#,
                "unknown namespace type \"Pid\" (config.json /linux/namespaces/0/type); hint: known are pid, network, mount, ipc, uts, user, cgroup, time"
            ),
            (
                #"{"linux":{"personality":{"domain":""}}}"#,
                "unknown execution domain \"\" (config.json /linux/personality/domain); hint: known are LINUX, LINUX32"
            ),
            (
                #"{"linux":{"memoryPolicy":{"flags":["MPOL_F\n"]}}}"#,
                "unknown memory policy flag \"MPOL_F\\n\" (config.json /linux/memoryPolicy/flags/0); hint: known are MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES"
            ),
            (
                #"{"process":{"ioPriority":{"class":"RT"}}}"#,
                "unknown I/O priority class \"RT\" (config.json /process/ioPriority/class); hint: known are IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE"
            ),
        ])
    func unknownWord(text: String, expected: String) {
        #expect(line { () throws(Failure) in _ = try Config(json: text) } == expected)
    }

    @Test("every word of the schema is known")
    func words() throws {
        for word in ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"] {
            #expect(try Namespace(json: "{\"type\":\"\(word)\"}").type.word == word)
        }
        for suffix in ["KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP", "ERRNO", "TRACE", "ALLOW", "LOG", "NOTIFY"] {
            #expect(
                try Seccomp(json: "{\"defaultAction\":\"SCMP_ACT_\(suffix)\"}").defaultAction?.word
                    == "SCMP_ACT_\(suffix)")
        }
        for suffix in ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"] {
            let argument = try SeccompArgument(json: "{\"index\":0,\"value\":0,\"op\":\"SCMP_CMP_\(suffix)\"}")
            #expect(argument.op.word == "SCMP_CMP_\(suffix)")
        }
        for suffix in ["OTHER", "FIFO", "RR", "BATCH", "ISO", "IDLE", "DEADLINE"] {
            #expect(try Scheduler(json: "{\"policy\":\"SCHED_\(suffix)\"}").policy.word == "SCHED_\(suffix)")
        }
        let flags = [
            "RESET_ON_FORK", "RECLAIM", "DL_OVERRUN", "KEEP_POLICY", "KEEP_PARAMS", "UTIL_CLAMP_MIN", "UTIL_CLAMP_MAX",
        ].map { "SCHED_FLAG_" + $0 }
        #expect(
            try Scheduler(json: "{\"policy\":\"SCHED_RR\",\"flags\":\(flags.json(.compact))}").flags?.map(\.word)
                == flags)
        for suffix in ["RT", "BE", "IDLE"] {
            let priority = try IOPriority(json: "{\"class\":\"IOPRIO_CLASS_\(suffix)\",\"priority\":0}")
            #expect(priority.class.word == "IOPRIO_CLASS_\(suffix)")
        }
        for suffix in ["DEFAULT", "BIND", "INTERLEAVE", "WEIGHTED_INTERLEAVE", "PREFERRED", "PREFERRED_MANY", "LOCAL"] {
            #expect(try MemoryPolicy(json: "{\"mode\":\"MPOL_\(suffix)\"}").mode.word == "MPOL_\(suffix)")
        }
        #expect(
            Namespace.Kind.allCases.count + SeccompAction.allCases.count + SeccompOperator.allCases.count == 8 + 9 + 7)
    }
}
