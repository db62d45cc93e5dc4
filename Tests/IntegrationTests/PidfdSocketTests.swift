import Glibc
import Testing

/// `--pidfd-socket` (WhatCallersHandOver, "Pidfd socket").
@Suite("Pidfd socket", .inMachine, .unless("pidfd-socket"))
struct PidfdSocketTests {
    @Test("the program that listens gets a pidfd of init, in one message", arguments: ["create", "run", "annotation"])
    func handsOver(way: String) throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let path = bundle.folder + "/" + String(repeating: "p", count: way == "create" ? 80 : 5)
            let socket = try ListeningSocket(at: path)
            if way == "annotation" {
                guard RuntimeUnderTest.isOurs else { return }
                try bundle.edit { $0["annotations"] = ["run.oci.pidfd_receiver": .string(path)] }
            }
            let words = way == "run" ? ["run", "--detach"] : ["create"]
            let option = way == "annotation" ? [] : ["--pidfd-socket", path]
            let outcome = try bundle.call(
                words + ["--bundle", bundle.folder, "--pid-file", bundle.pidFile] + option + [bundle.id])
            #expect(outcome.exit == 0, "\(outcome.said)")
            let connection = try socket.accept()
            let (bytes, descriptors) = try connection.receive()
            #expect(String(decoding: bytes, as: UTF8.self) == "standard")
            try #require(descriptors.count == 1)
            defer { close(descriptors[0]) }
            let information = try Files.text("/proc/self/fdinfo/\(descriptors[0])").lines
            #expect(information.contains("Pid:\t\(bundle.pid)"), "\(information)")
            #expect(try connection.receive().bytes.isEmpty)
            // it is readable once the process has ended
            var poll = pollfd(fd: descriptors[0], events: Int16(POLLIN), revents: 0)
            #expect(Glibc.poll(&poll, 1, 0) == 0)
            expectSuccess(try bundle.kill())
            #expect(Glibc.poll(&poll, 1, 30000) == 1)
        }
    }

    @Test("a socket on which nobody listens is an error before anything is made")
    func nobody() throws {
        try Bundle.with { bundle in
            expectFailure(
                try bundle.create("--pidfd-socket", bundle.folder + "/nothing"), "no such file or directory")
            bundle.expectNothingLeft()
        }
    }
}
