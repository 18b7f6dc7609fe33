// swift-tools-version: 6.1
import PackageDescription

/// Language features on in every target: existentials are spelled `any`, imports are internal unless
/// said otherwise, and a member is visible only where its module is imported.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// - Parameter embedding: files that are compiled in, so that the binary stands alone.
func room(_ name: String, _ dependencies: [Target.Dependency], embedding files: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: files.map { .embedInCode($0) }, swiftSettings: settings)
}

func tests(_ room: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: room + "Tests",
        dependencies: [.byName(name: room)] + dependencies,
        path: "Tests/" + room + "Tests",
        swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")

let package = Package(
    name: "plad",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "plad", targets: ["plad"]),
        // The loop: settings, run, stages, held-out measuring, sweep.
        .library(name: "PladDistill", targets: ["PladDistill"]),
        // The teacher client with its cache.
        .library(name: "PladTeacher", targets: ["PladTeacher", "PladCache"]),
        // The local model.
        .library(name: "PladStudent", targets: ["PladStudent"]),
        // A teacher on this machine that answers, and fails, as a script says.
        .library(name: "PladMock", targets: ["PladMock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        // Kernels in C, since Swift cannot compile one function for another processor than the rest.
        .target(name: "CKernels"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        room("PladRecords", ["CCrypto", yams]),
        room("PladHTTP", ["PladRecords", "CCurl"]),
        room("PladTeacher", ["PladRecords", "PladHTTP"]),
        room("PladCache", ["PladRecords", "PladHTTP", "PladTeacher", grdb]),
        room("PladHub", ["PladRecords", "PladHTTP", "CCrypto"]),
        room("PladTensor", ["CKernels"]),
        room("PladTokenizer", ["PladRecords"]),
        room("PladStudent", ["PladRecords", "PladTensor", "PladTokenizer"]),
        room("PladGGUF", ["PladRecords", "PladTensor", "PladTokenizer", "PladStudent"]),
        room("PladTraining", ["PladRecords", "PladTensor", "PladTokenizer", "PladStudent"]),
        room("PladEvaluation", ["PladRecords"]),
        room("PladReport", ["PladRecords", mustache], embedding: ["Resources"]),
        room("PladServer", ["PladRecords", "PladHTTP", "PladTokenizer", "PladStudent"]),
        room("PladMock", ["PladRecords", "PladHTTP"]),
        room(
            "PladDistill",
            [
                "PladRecords", "PladHTTP", "PladTeacher", "PladCache", "PladTokenizer", "PladStudent", "PladTraining", "PladEvaluation",
                "PladReport", "PladHub", mustache, yams,
            ],
            embedding: ["Teacher/prices.yaml"]),
        .executableTarget(
            name: "plad",
            dependencies: [
                "PladRecords", "PladHTTP", "PladTeacher", "PladCache", "PladTensor", "PladTokenizer", "PladStudent", "PladGGUF",
                "PladTraining", "PladEvaluation", "PladReport", "PladServer", "PladMock", "PladHub", "PladDistill", "COpenBLAS",
                argumentParser,
            ],
            swiftSettings: settings),
        .target(
            name: "PladTestSupport", dependencies: ["PladRecords", "PladHTTP"], path: "Tests/PladTestSupport", swiftSettings: settings),
        tests("PladRecords", ["PladTestSupport"]),
        tests("PladHTTP", ["PladRecords", "PladTestSupport"]),
        tests("PladTeacher", ["PladRecords", "PladHTTP", "PladTestSupport"]),
        tests("PladCache", ["PladRecords", "PladHTTP", "PladTeacher", "PladTestSupport"]),
        tests("PladHub", ["PladRecords", "PladHTTP", "CCrypto", "PladTestSupport"]),
        tests("PladTensor", ["CKernels"]),
        tests("PladTokenizer", ["PladRecords", "PladTestSupport"]),
        tests("PladStudent", ["PladRecords", "PladTensor", "PladTokenizer", "PladTestSupport"]),
        tests("PladGGUF", ["PladRecords", "PladTensor", "PladTokenizer", "PladStudent", "PladTestSupport"]),
        tests("PladTraining", ["PladRecords", "PladTensor", "PladTokenizer", "PladStudent", "PladTestSupport"]),
        tests("PladEvaluation", ["PladRecords"]),
        tests("PladReport", ["PladRecords", "PladTestSupport"]),
        tests("PladServer", ["PladRecords", "PladHTTP", "PladTokenizer", "PladStudent", "PladTestSupport"]),
        tests("PladMock", ["PladRecords", "PladHTTP", "PladTeacher", "PladTestSupport"]),
        tests("PladDistill", ["PladRecords", "PladTeacher", "PladCache"]),
        .testTarget(name: "CommandTests", dependencies: ["PladRecords"], swiftSettings: settings),
    ]
)
