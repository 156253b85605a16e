import Testing
import WestwindTestSupport

@Suite("Kconfig, as kconfiglib reads it", .enabled(if: Kconfiglib.python != nil, Kconfiglib.missing))
struct KconfigTests {
  @Test("Kconfig parses without a warning")
  func parsesWithoutWarning() throws {
    let result = try Kconfiglib.evaluate("print(len(kconfig.unique_defined_syms) > 0, kconfig.warnings)")
    #expect(result.output == "True []\n")
    #expect(result.status == .exited(0))
  }

  @Test("configs/default.config is what Kconfig's defaults give")
  func defaultConfigIsCurrent() throws {
    let folder = try TemporaryFolder("configuration")
    defer { folder.remove() }
    let written = "\(folder.path)/default.config"
    let result = try Kconfiglib.evaluate("kconfig.write_config(sys.argv[2])", arguments: [written])
    #expect(result.output == "")
    #expect(result.status == .exited(0))
    let isCurrent = try text(ofFile: written) == text(ofFile: "\(packageRoot)/configs/default.config")
    #expect(isCurrent, "run Scripts/menuconfig --default")
  }

  @Test("configs/default.config loads without a warning")
  func defaultConfigLoads() throws {
    let result = try Kconfiglib.evaluate("kconfig.load_config('configs/default.config'); print(kconfig.warnings)")
    #expect(result.output == "[]\n")
  }

  // For the build, a switch that .config leaves out is as it is by default.
  @Test("No switch that is on by default is left out of .config when another switch turns it off")
  func leftOutSwitchesAreAsByDefault() throws {
    let result = try Kconfiglib.evaluate(
      """
      switches = [symbol for symbol in kconfig.unique_defined_syms if symbol.type == kconfiglib.BOOL]
      defaults = {symbol: symbol.str_value for symbol in switches}
      for off in [[symbol] for symbol in switches] + [switches]:
          kconfig.unset_values()
          for symbol in off: symbol.set_value("n")
          for symbol in switches:
              if not symbol.config_string and symbol.str_value != defaults[symbol]: print(symbol.name)
      """)
    #expect(result.output == "")
  }

  @Test("Every symbol has a prompt and a help text")
  func everySymbolHasHelp() throws {
    let result = try Kconfiglib.evaluate(
      """
      for symbol in kconfig.unique_defined_syms:
          if not all(node.prompt and node.help for node in symbol.nodes): print(symbol.name)
      """)
    #expect(result.output == "")
  }

  @Test("Every number has a range, which its default obeys and a 32-bit Int holds")
  func everyNumberHasARange() throws {
    let result = try Kconfiglib.evaluate(
      """
      for symbol in kconfig.unique_defined_syms:
          if symbol.type not in (kconfiglib.INT, kconfiglib.HEX): continue
          ranges = [(int(low.str_value, 0), int(high.str_value, 0)) for low, high, _ in symbol.ranges]
          if not ranges: print(symbol.name, "has no range")
          for low, high in ranges:
              if not (-2**31 <= low <= int(symbol.str_value, 0) <= high < 2**31): print(symbol.name, low, high)
      """)
    #expect(result.output == "")
  }
}
