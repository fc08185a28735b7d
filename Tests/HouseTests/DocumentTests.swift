import Foundation
import Testing

struct DocumentTests {
    @Test func everyTargetHasItsSectionInTheArchitecture() throws {
        let text = try String(contentsOf: SourceTree.root.appendingPathComponent("ARCHITECTURE.md"), encoding: .utf8)
        for target in HouseTests.allowedImports.keys.sorted() {
            #expect(text.contains("## \(target)") || text.contains("`\(target)`"), "\(target) is not described")
        }
    }

    @Test func linksOfTheReadmeLeadSomewhere() throws {
        let text = try String(contentsOf: SourceTree.root.appendingPathComponent("README.md"), encoding: .utf8)
        let links = text.matches(of: /\]\(([^)#:]+)\)/).map { String($0.1) }
        #expect(!links.isEmpty)
        for link in links {
            let path = SourceTree.root.appendingPathComponent(link).path
            #expect(FileManager.default.fileExists(atPath: path), "README.md links to \(link)")
        }
    }
}
