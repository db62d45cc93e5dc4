import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Process descriptors")
struct PidDescriptorTests {
    @Test("the number of a mere thread is no process: the kernel has used it again")
    func threadNumber() throws {
        let errno = try onThreadOfItsOwn {
            // PID/task/TID
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
            let number = try #require(link.split(separator: "/").last.flatMap { Int32($0) })
            do throws(Failure) { _ = try PidDescriptor(pid: number) } catch { return error.errno }
            return nil
        }
        #expect(errno == .ESRCH)
    }

    @Test("our own number is a process, one beyond the largest is not")
    func numbers() throws {
        #expect(try !PidDescriptor(pid: getpid()).hasEnded)
        let failure = #expect(throws: Failure.self) { _ = try PidDescriptor(pid: .max) }
        #expect(failure?.errno == .ESRCH)
    }
}
