// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built with warnings as errors and the upcoming features that make imports explicit.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "atelier",
    products: [
        .executable(name: "atelier", targets: ["atelier"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Native libraries, each behind one target.
        .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
        .target(
            name: "CImageCodecs",
            linkerSettings: [.linkedLibrary("turbojpeg"), .linkedLibrary("png16"), .linkedLibrary("webp")]
        ),
        .target(name: "CKernels"),
        .target(name: "COnnxRuntime"),

        // Arrows run downward only; Tests/HouseTests checks them.
        .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "CKernels"], swiftSettings: strict),
        .target(name: "Media", dependencies: ["CArchive", "CImageCodecs", "CZlib"], swiftSettings: strict),
        .target(name: "Compatibility", dependencies: ["LinearAlgebra", "CKernels"], swiftSettings: strict),
        .target(
            name: "Features", dependencies: ["Compatibility", "LinearAlgebra", "Media", "CKernels"],
            swiftSettings: strict),
        .target(
            name: "Encoders", dependencies: ["COnnxRuntime", "LinearAlgebra", "Media", "CKernels"],
            swiftSettings: strict
        ),
        .target(name: "Pipeline", dependencies: [crypto, database, logging], swiftSettings: strict),
        .target(name: "Samples", dependencies: ["Compatibility", "LinearAlgebra", "Media"], swiftSettings: strict),
        .target(
            name: "Stages",
            dependencies: [
                "Compatibility", "Encoders", "Features", "LinearAlgebra", "Media", "Pipeline", crypto, database,
                logging, yaml,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "atelier",
            dependencies: ["Compatibility", "LinearAlgebra", "Pipeline", "Samples", "Stages", argumentParser],
            swiftSettings: strict
        ),

        .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"], swiftSettings: strict),
        .testTarget(name: "MediaTests", dependencies: ["Media"], swiftSettings: strict),
        .testTarget(
            name: "CompatibilityTests", dependencies: ["Compatibility", "LinearAlgebra"], swiftSettings: strict),
        .testTarget(
            name: "FeaturesTests",
            dependencies: ["CKernels", "Compatibility", "Features", "LinearAlgebra", "Media"],
            swiftSettings: strict
        ),
        .target(name: "OnnxModelFixtures", path: "Tests/OnnxModelFixtures", swiftSettings: strict),
        .testTarget(
            name: "EncodersTests", dependencies: ["Encoders", "LinearAlgebra", "Media", "OnnxModelFixtures"],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(name: "PipelineTests", dependencies: ["Pipeline", database, logging], swiftSettings: strict),
        .testTarget(
            name: "SamplesTests", dependencies: ["Compatibility", "LinearAlgebra", "Media", "Samples"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StagesTests",
            dependencies: [
                "Compatibility", "Encoders", "Features", "LinearAlgebra", "Media", "OnnxModelFixtures", "Pipeline",
                "Samples", "Stages", database, logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AtelierTests", dependencies: ["Media", "Pipeline", "Samples", "Stages", "atelier"],
            swiftSettings: strict
        ),
        .testTarget(name: "HouseTests", swiftSettings: strict),
    ]
)
