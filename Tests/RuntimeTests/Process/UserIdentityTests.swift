import Base
import Foundation
import Linux
@testable import OCI
import TestSupport
import Testing

@testable import Runtime

@Suite("Becoming the user")
struct UserIdentityTests {
    @Test("ids are numbers; groups and umask have their defaults")
    func plan() throws {
        let plain = try UserIdentity(User(uid: 0, gid: 0), isInUserNamespace: false)
        #expect(plain.groups == [])
        #expect(plain.umask == 0o022)
        #expect(plain.summary == "become user 0, group 0, groups none, umask 0022")
        let full = try UserIdentity(
            User(uid: 1, gid: 2, umask: 0, additionalGids: [3, 4]), isInUserNamespace: false)
        #expect(full.summary == "become user 1, group 2, groups 3 4, umask 0000")
    }

    @Test(
        "impossible users",
        arguments: [
            (User(uid: .max, gid: 0), "/process/user/uid"), (User(uid: 0, gid: .max), "/process/user/gid"),
            (User(uid: 0, gid: 0, additionalGids: [0, .max]), "/process/user/additionalGids/1"),
            (User(uid: 0, gid: 0, umask: 0o1000), "/process/user/umask"),
        ])
    func refused(user: User, pointer: String) {
        let failure = #expect(throws: Failure.self) {
            try UserIdentity(user, isInUserNamespace: false)
        }
        #expect(failure?.pointer == pointer)
    }

    @Test("without CAP_SETGID the kernel refuses, and the failure says so", .enabled(if: isRoot, "needs root"))
    func withoutPrivilege() throws {
        try onThreadOfItsOwn {
            try unshareUmask()
            try Identity.setresuid(4321)
            let identity = try UserIdentity(User(uid: 0, gid: 0), isInUserNamespace: false)
            let failure = #expect(throws: Failure.self) { try identity.perform() }
            #expect(failure?.line == "set the additional groups: operation not permitted")

            // A user namespace may deny the call. Then an empty list is no reason to fail, but another one is.
            var inside = identity
            inside.isInUserNamespace = true
            let second = #expect(throws: Failure.self) { try inside.perform() }
            #expect(second?.action == "become user 0")
            inside.groups = [5]
            let third = #expect(throws: Failure.self) { try inside.perform() }
            #expect(
                third?.line
                    == "cannot set any additional groups in a rootless container (config.json /process/user/additionalGids)"
            )
        }
    }

}

@Suite("Limits and score of the first process")
struct ProcessLimitTests {
    @Test("limits in their order")
    func limits() throws {
        let limits = try ProcessLimit.list([
            Rlimit(type: "RLIMIT_NOFILE", soft: 1024, hard: 4096), Rlimit(type: "RLIMIT_CORE", soft: 0, hard: .max),
        ])
        #expect(
            limits.map(\.summary) == [
                "limit RLIMIT_NOFILE to 1024, at most 4096", "limit RLIMIT_CORE to 0, at most unlimited",
            ])
        #expect(try ProcessLimit.list(nil) == [])
    }

    @Test(
        "impossible limits",
        arguments: [
            (
                [Rlimit(type: "RLIMIT_NOPE", soft: 1, hard: 1)], "/process/rlimits/0/type",
                "wrong rlimit value: RLIMIT_NOPE"
            ),
            ([Rlimit(type: "NOFILE", soft: 1, hard: 1)], "/process/rlimits/0/type", "wrong rlimit value: NOFILE"),
            (
                [Rlimit(type: "RLIMIT_AS", soft: 1, hard: 1), Rlimit(type: "RLIMIT_AS", soft: 1, hard: 1)],
                "/process/rlimits/1/type", "RLIMIT_AS is given twice"
            ),
            (
                [Rlimit(type: "RLIMIT_AS", soft: .max, hard: 5)], "/process/rlimits/0/soft",
                "RLIMIT_AS: the soft limit 18446744073709551615 is above the hard limit 5"
            ),
        ])
    func wrongLimits(limits: [Rlimit], pointer: String, action: String) {
        let failure = #expect(throws: Failure.self) { try ProcessLimit.list(limits) }
        #expect(failure?.pointer == pointer)
        #expect(failure?.action == action)
    }

    @Test("a limit is set on another process")
    func performLimit() throws {
        let child = try Sleeper()
        try ProcessLimit(resource: .openFiles, soft: 11, hard: 12).perform(pid: child.pid)
        let limits = try String(contentsOfFile: "/proc/\(child.pid)/limits", encoding: .utf8)
        #expect(limits.split(separator: "\n").contains { $0.hasPrefix("Max open files") && $0.contains(" 11 ") })
        let score = try OutOfMemoryScore(adjustment: 500, isRootless: false)
        #expect(try score.perform(pid: "\(child.pid)", proc: try Proc.host()) == nil)
        let path = "/proc/\(child.pid)/oom_score_adj"
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "500\n")
    }

    @Test("an oom score is from -1000 to 1000", arguments: [-1001, 1001, Int.min, Int.max])
    func wrongScore(adjustment: Int) throws {
        let failure = #expect(throws: Failure.self) { try OutOfMemoryScore(adjustment: adjustment, isRootless: true) }
        #expect(failure?.pointer == "/process/oomScoreAdj")
        #expect(try OutOfMemoryScore(adjustment: -1000, isRootless: true).summary == "oom_score_adj -1000")
        #expect(try OutOfMemoryScore(adjustment: 1000, isRootless: true).summary == "oom_score_adj 1000")
    }
}
