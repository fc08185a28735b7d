import Foundation
import Testing

/// What ARCHITECTURE.md says of targets and files, checked.
struct HouseTests {
    /// For each target, the targets of the project and the packages that its files may import.
    static let allowedImports: [String: Set<String>] = [
        "LinearAlgebra": ["COpenBLAS", "CKernels"],
        "Media": ["CArchive", "CImageCodecs", "CZlib"],
        "Compatibility": ["LinearAlgebra", "CKernels"],
        "Features": ["Compatibility", "LinearAlgebra", "Media", "CKernels"],
        "Encoders": ["COnnxRuntime", "LinearAlgebra", "Media", "CKernels"],
        "Pipeline": ["Crypto", "GRDB", "Logging"],
        "Samples": ["Compatibility", "LinearAlgebra", "Media"],
        "Stages": [
            "Compatibility", "Crypto", "Encoders", "Features", "GRDB", "LinearAlgebra", "Logging", "Media", "Pipeline",
            "Yams",
        ],
        "atelier": ["ArgumentParser", "Compatibility", "LinearAlgebra", "Logging", "Pipeline", "Samples", "Stages"],
    ]
    static let system: Set<String> = ["Foundation", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin"]

    @Test func importsRunDownwardOnly() throws {
        let files = try SourceTree.swiftFiles(below: "Sources")
        #expect(files.count > 100)
        for file in files {
            let allowed = try #require(Self.allowedImports[file.target], "\(file.path) is in a target without a rule")
            for module in file.imports where !Self.system.contains(module) {
                #expect(allowed.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func oneFileHoldsEachNativeLibrarysCalls() throws {
        let files = try SourceTree.swiftFiles(below: "Sources")
        let blas = files.filter { $0.imports.contains("COpenBLAS") }.map(\.path)
        #expect(blas == ["Sources/LinearAlgebra/Matrices/Products.swift"])
        let ledger = files.filter { $0.target == "Pipeline" && $0.imports.contains("GRDB") }.map(\.path)
        #expect(!ledger.isEmpty && ledger.allSatisfy { $0.hasPrefix("Sources/Pipeline/Ledger/") }, "\(ledger)")
    }

    @Test func filesAreShort() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            #expect(file.lineCount <= 450, "\(file.path) has \(file.lineCount) lines")
        }
    }

    @Test func noFileEndsTheProgramOnInput() throws {
        let forbidden = ["try!", "fatalError(", "as!", "TODO", "FIXME"]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for word in forbidden {
                #expect(!file.text.contains(word), "\(file.path) contains \(word)")
            }
        }
    }

    @Test func noNameSaysNothing() throws {
        let empty = ["Utils", "Helper", "Manager", "Common", "Misc"]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            let name = (file.path as NSString).lastPathComponent
            #expect(!empty.contains { name.contains($0) }, "\(file.path)")
        }
    }

    @Test func theRegistryListsEveryStage() throws {
        let registry = try #require(
            try SourceTree.swiftFiles(below: "Sources/Stages/Registry").first {
                $0.path.hasSuffix("/StageRegistry.swift")
            })
        let stages = try SourceTree.swiftFiles(below: "Sources/Stages").filter { $0.path.hasSuffix("Stage.swift") }
        #expect(stages.count >= 11)
        for stage in stages {
            let type = ((stage.path as NSString).lastPathComponent as NSString).deletingPathExtension
            #expect(registry.text.contains(type), "\(type) is not in the registry")
        }
    }
}
