import Base
import Foundation

@testable import OCI

/// A JSON value of any kind: what is tested is the text alone.
struct AnyValue: JSONReadable {
    init(_ json: inout JSONReader) throws(Failure) { try json.skip() }
}

/// A value alone, as the whole text.
func read<Value>(
    _ bytes: [UInt8], _ body: (inout JSONReader) throws(Failure) -> Value
) throws(Failure) -> Value {
    try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
        var json = JSONReader(UnsafeRawBufferPointer(buffer))
        let value = try body(&json)
        try json.end()
        return value
    }
}

/// The line of the failure that `body` ends with; nil where it does not fail.
func line(_ body: () throws(Failure) -> Void) -> String? {
    do throws(Failure) { try body() } catch { return error.line }
    return nil
}

/// Folders beside and in the work tree.
enum Folder {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let fixtures = package.appending(path: "spec-fixtures")
    /// Bundles as callers write them.
    static let bundles = fixtures.appending(path: "bundles")
    /// The standard, with its examples.
    static let standard = fixtures.appending(path: "standard")

    static func bytes(_ url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }

    /// What lies in a folder, in the order of names; nothing where the folder is absent.
    static func contents(_ folder: URL) -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }
}
