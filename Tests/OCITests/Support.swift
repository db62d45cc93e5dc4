import Base
import Foundation

@testable import OCI

/// A JSON value of any kind. Only the text is tested.
struct AnyValue: JSONReadable {
    init(_ json: inout JSONReader) throws(Failure) { try json.skip() }
}

/// Reads a value that is the whole text.
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

/// The line of the failure that `body` throws; nil if it does not fail.
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

    /// The contents of a folder, sorted by name; empty if the folder does not exist.
    static func contents(_ folder: URL) -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }
}
