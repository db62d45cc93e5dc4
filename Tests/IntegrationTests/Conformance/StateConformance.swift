import TestSupport
import Testing

/// What `state` reports (runtime.md, "State").
@Suite("Conformance: state", .inMachine, .measured)
struct StateConformance {
    @Test("runtime.md, State: the properties are there, of their types")
    func properties() throws {
        try Bundle.with {
            $0["annotations"] = ["org.example.key": "value"]
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle throws in
            try bundle.launch()
            let state = try bundle.stateJSON()
            #expect(state["ociVersion"].string?.split(separator: ".").count == 3)
            #expect(state["id"].string == bundle.id)
            #expect(state["status"].string == "running")
            #expect(state["pid"].int.map(Int32.init) == bundle.pid)
            #expect(state["bundle"].string == bundle.folder)
            #expect(state["annotations"]["org.example.key"] == "value")
        }
    }

    @Test("runtime.md, State: id is unique across all containers")
    func unique() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle throws in
            try bundle.launch()
            let pid = bundle.pid
            bundle.expectError(try bundle.call("create", "--bundle", bundle.folder, bundle.id))
            #expect(try bundle.stateJSON()["pid"].int.map(Int32.init) == pid)
            #expect(bundle.status == "running")
        }
    }

    @Test("runtime.md, State: the words of status mean what the specification says")
    func words() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle throws in
            _ = try bundle.create()
            #expect(bundle.status == "created")
            _ = try bundle.start()
            #expect(bundle.status == "running")
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
        }
    }

    @Test("runtime.md, Query State: without an id it is an error")
    func noID() throws { try Bundle.with { bundle throws in bundle.expectError(try bundle.call("state")) } }

    @Test("runtime.md, Query State: a container that does not exist is an error")
    func unknown() throws {
        try Bundle.with { bundle throws in bundle.expectError(try bundle.call("state", "nobody")) }
    }

    @Test("runtime.md, Query State: it returns the state")
    func returned() throws {
        try Bundle.with { bundle throws in
            _ = try bundle.create()
            let state = try bundle.stateJSON()
            #expect(["ociVersion", "id", "status", "pid", "bundle"].allSatisfy { state[$0] != .null })
        }
    }
}
