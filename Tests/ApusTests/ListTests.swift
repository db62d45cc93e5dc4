import Base
import Testing

@testable import OCI
@testable import apus

@Suite("list")
struct ListTests {
    let containers = [
        State(
            ociVersion: "1.3.0", id: "one", status: .running, pid: 4711, bundle: "/a/bundle",
            annotations: ["k": "v"], rootfs: "/a/bundle/rootfs",
            created: "2026-11-22T01:23:54.5Z", owner: "root"),
        State(
            ociVersion: "1.3.0", id: "a-rather-long-name", status: .stopped, pid: 0, bundle: "/b", rootfs: "/b/rootfs",
            created: "2026-11-22T01:23:55Z", owner: "#1000"),
    ]

    @Test("a table")
    func table() throws {
        #expect(
            try ListCommand().text(containers) == """
                ID                   PID         STATUS      BUNDLE      CREATED                  OWNER
                one                  4711        running     /a/bundle   2026-11-22T01:23:54.5Z   root
                a-rather-long-name   0           stopped     /b          2026-11-22T01:23:55Z     #1000

                """)
        #expect(
            try ListCommand().text([]) == "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n")
    }

    @Test("one line of JSON; an empty list is an array as well")
    func json() throws {
        #expect(
            try ListCommand(format: "json").text(containers) == #"[{"ociVersion":"1.3.0","id":"one","pid":4711,"#
                + #""status":"running","bundle":"/a/bundle","rootfs":"/a/bundle/rootfs","#
                + #""created":"2026-11-22T01:23:54.5Z","annotations":{"k":"v"},"owner":"root"},"#
                + #"{"ociVersion":"1.3.0","id":"a-rather-long-name","pid":0,"status":"stopped","bundle":"/b","#
                + ##""rootfs":"/b/rootfs","created":"2026-11-22T01:23:55Z","owner":"#1000"}]"## + "\n")
        #expect(try ListCommand(format: "json").text([]) == "[]\n")
    }

    @Test("ids alone, in any format")
    func quiet() throws {
        #expect(try ListCommand(format: "x", quiet: true).text(containers) == "one\na-rather-long-name\n")
        #expect(try ListCommand(quiet: true).text([]) == "")
    }

    @Test("another format is refused")
    func format() {
        let failure = #expect(throws: Failure.self) { try ListCommand(format: "yaml").text([]) }
        #expect(failure?.line == "invalid format option")
    }

    @Test(
        "an owner is a name, or the number if the user has no name",
        arguments: [("0", "root"), ("1000", "me"), ("100", "#100"), ("01000", "#01000"), ("7", "#7"), ("8", "#8")])
    func owner(uid: String, expected: String) {
        let passwd = """
            root:x:0:0:root:/root:/bin/sh
            broken:x

            :x:7:7::/:
            me:x:1000:1000:Me:/home/me:/bin/sh
            other:x:1000:1000::/:
            short:x:8
            """
        #expect(Owner(passwd: Array(passwd.utf8)).word(uid) == expected)
        #expect(Owner(passwd: []).word(uid) == "#\(uid)")
    }
}

@Suite("Tables")
struct TextTableTests {
    @Test("each column is 12 wide or 3 wider than its widest cell; the last one is not padded")
    func layout() {
        #expect(
            TextTable.text([["ID", "PID", "STATUS", "OWNER"]]) == "ID          PID         STATUS      OWNER\n")
        #expect(
            TextTable.text([
                ["ID", "BUNDLE", "OWNER"], ["é23456789", "/a/long/bundle", ""], ["1234567890", "/b", "root"],
            ])
                == """
                ID           BUNDLE           OWNER
                é23456789    /a/long/bundle   
                1234567890   /b               root

                """)
    }
}
