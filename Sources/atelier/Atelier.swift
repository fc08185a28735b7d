import ArgumentParser

@main
struct Atelier: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Rebuilds complete-the-look recommendations every night.")
}
