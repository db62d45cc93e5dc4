import Testing

@testable import apus

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
