// swift-tools-version: 6.2
import PackageDescription

/// Arrows go up only: `OCI` cannot open a file and `Linux` cannot read JSON, because neither can import the other.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "apus",
    products: [
        .library(name: "Runtime", targets: ["Runtime"]),
        .executable(name: "apus", targets: ["apus"]),
    ],
    targets: [
        .target(name: "CShim", cSettings: [.define("_GNU_SOURCE")]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CCap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),

        .target(name: "Base", dependencies: ["CShim"], swiftSettings: settings),
        .target(name: "OCI", dependencies: ["Base"], swiftSettings: settings),
        .target(name: "Linux", dependencies: ["Base", "CShim", "CCap"], swiftSettings: settings),
        .target(name: "Runtime", dependencies: ["Base", "OCI", "Linux", "CSeccomp"], swiftSettings: settings),
        .executableTarget(
            name: "apus", dependencies: ["Base", "OCI", "Linux", "Runtime", "CShim"], swiftSettings: settings),

        .testTarget(name: "OCITests", dependencies: ["Base", "OCI"], swiftSettings: settings),
        .testTarget(name: "LinuxTests", dependencies: ["Base", "Linux"], swiftSettings: settings),
        .testTarget(name: "RuntimeTests", dependencies: ["Base", "OCI", "Linux", "Runtime"], swiftSettings: settings),
        .testTarget(
            name: "ApusTests", dependencies: ["Base", "OCI", "Linux", "Runtime", "apus"], swiftSettings: settings),
        .testTarget(name: "IntegrationTests", dependencies: ["Base", "OCI", "Runtime"], swiftSettings: settings),
    ]
)
