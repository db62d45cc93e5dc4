// swift-tools-version: 6.2
import PackageDescription

/// Arrows go up only: `OCI` cannot open a file and `Linux` cannot read JSON, because neither can import the other.
///
/// A file imports what it uses (MemberImportVisibility): Embedded Swift wants that, and so full Swift tells first.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility"), .treatAllWarnings(as: .error),
]

/// `scripts/build` makes the program in Embedded Swift, and says so by this variable: no runtime library, no metadata,
/// every generic specialized, a third of the file. Without it, as for tests and for those who depend on the library,
/// the same sources are built in full Swift, and nothing here is an unsafe flag, which would forbid to depend on it.
let isEmbedded = Context.environment["APUS_EMBEDDED"] == "1"
let embedded: [SwiftSetting] = [
    .enableExperimentalFeature("Embedded"),
    .unsafeFlags(["-wmo", "-Osize", "-Xfrontend", "-function-sections"]),
]
let settings = isEmbedded ? common + embedded : common

/// `-static`: the embedded program has nothing of Swift to link to. `--gc-sections` leaves out each function that nobody
/// calls, which halves the file.
let linking: [LinkerSetting] =
    isEmbedded
    ? [
        .unsafeFlags([
            "-Xclang-linker", "-static", "-Xclang-linker", "-Wno-unused-command-line-argument",
            "-Xlinker", "--gc-sections", "-Xlinker", "--wrap=cap_get_bound",
        ])
    ] : []

let package = Package(
    name: "apus",
    products: [
        .library(name: "Runtime", targets: ["Runtime", "OCI", "Base"]),
        .executable(name: "apus", targets: ["apus"]),
    ],
    targets: [
        .target(
            name: "CShim", cSettings: [.define("_GNU_SOURCE")] + (isEmbedded ? [.define("APUS_EMBEDDED")] : []),
            linkerSettings: [.linkedLibrary("m")]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CCap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),

        .target(name: "Base", dependencies: ["CShim"], swiftSettings: settings),
        .target(name: "OCI", dependencies: ["Base"], swiftSettings: settings),
        .target(name: "Linux", dependencies: ["Base", "CShim", "CCap"], swiftSettings: settings),
        .target(name: "Runtime", dependencies: ["Base", "OCI", "Linux", "CSeccomp", "CShim"], swiftSettings: settings),
        .executableTarget(
            name: "apus", dependencies: ["Base", "OCI", "Linux", "Runtime", "CShim"], swiftSettings: settings,
            linkerSettings: linking),

        .target(
            name: "TestSupport", dependencies: ["Linux"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "OCITests", dependencies: ["Base", "OCI"], swiftSettings: settings),
        .testTarget(name: "LinuxTests", dependencies: ["Base", "Linux", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "RuntimeTests", dependencies: ["Base", "OCI", "Linux", "Runtime", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ApusTests", dependencies: ["Base", "OCI", "Linux", "Runtime", "apus", "TestSupport"],
            swiftSettings: settings),
        // A program that embeds the library, for the integration tests alone.
        .executableTarget(
            name: "Embedder", dependencies: ["Base", "Runtime"], path: "Tests/Embedder", swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests", dependencies: ["Base", "OCI", "Runtime", "TestSupport"], swiftSettings: settings),
    ]
)
