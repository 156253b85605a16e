import Foundation  // PackagePlugin's paths are Foundation's URLs. This runs in the build only.
import PackagePlugin

/// Generates `BuildConfiguration.swift` from `.config`, or from `configs/default.config` when there is none.
@main
struct WestwindKconfig: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    // The package that has the target, also while it is built as a dependency of another one.
    let package = context.package.directoryURL
    let defaults = package.appending(path: "configs/default.config")
    let config = package.appending(path: ".config")
    let output = context.pluginWorkDirectoryURL.appending(path: "BuildConfiguration.swift")

    // `.config` cannot be a declared input: the build system refuses one that does not exist, and does not ask this
    // plugin again when the file is created or deleted. So the generator runs in every build: it touches `stamp`, which
    // is its own input, and so is out of date again next time. That takes milliseconds, and since it leaves an output
    // that would not change alone, nothing behind it is compiled again.
    let stamp = context.pluginWorkDirectoryURL.appending(path: "stamp")
    if !FileManager.default.fileExists(atPath: stamp.path) {
      try Data().write(to: stamp)
    }

    return [
      .buildCommand(
        displayName: "Generating BuildConfiguration.swift from Kconfig's values",
        executable: try context.tool(named: "WestwindGenerateConfiguration").url,
        arguments: [defaults.path, config.path, output.path, stamp.path],
        inputFiles: [defaults, stamp],
        outputFiles: [output])
    ]
  }
}
