import Testing

@testable import Linux

@Suite("The status of a process")
struct ProcessStatusTests {
    @Test("the lines that the runtime uses are read, whatever stands around them")
    func lines() {
        let text = """
            Name:\tUmask:
            Umask:\t0027
            SigPnd:\t00000000000000ff
            ShdPnd:\t0000000000000100
            SigBlk:\t0000000000000000
            SigIgn:\t0000000000001001
            CapInh:\t0000000000000001
            CapPrm:\t000001ffffffffff
            CapEff:\t000001fffffffffe
            CapBnd:\t000001fffffffffd
            CapAmb:\t0000000000000002
            """
        let status = ProcessStatus(text)
        #expect(status.umask == 0o027)
        #expect(status.pendingSignals == 0x100 && status.isBeingKilled)
        #expect(status.ignoredSignals == 0x1001)
        #expect(status.capabilities.inheritable.rawValue == 1)
        #expect(status.capabilities.permitted.rawValue == 0x1FF_FFFF_FFFF)
        #expect(status.capabilities.effective.rawValue == 0x1FF_FFFF_FFFE)
        #expect(status.capabilities.bounding.rawValue == 0x1FF_FFFF_FFFD)
        #expect(status.capabilities.ambient.rawValue == 2)
    }

    @Test("what is missing or malformed is 0")
    func missing() {
        #expect(ProcessStatus("Umask:\tx\nCapEff:\nSigIgn\n") == ProcessStatus(""))
        #expect(!ProcessStatus("ShdPnd:\t00000000000000ff\n").isBeingKilled)
    }
}
