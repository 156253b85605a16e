// The values of Kconfig as Swift constants.
//
// `public enum BuildConfiguration` is not in this folder: the build generates it (Plugins/WestwindKconfig) from `.config`,
// which `Scripts/menuconfig` writes, or from `configs/default.config` when there is none. A symbol that `.config` leaves
// out has its default. This file is here because a target needs one source of its own.
//
// - A bool becomes a `Bool`, an int or hex an `Int`, a string a `String`.
// - Each constant has the symbol's own name, `BuildConfiguration.WEBSOCKET_MAX_CONTEXTS`, against Swift's custom of
//   lower camel case: so that one search for a symbol finds its place in Kconfig, in `.config`, in Zephyr's
//   documentation and in the code that obeys it.
// - Each is an inlinable getter of a literal. An optimized build folds it into the code that reads it, in other modules
//   too: nothing is loaded, nothing is initialized at first use, and code behind a symbol that is off disappears.
//   It works in Embedded Swift as well.
// - The values are those of the build. What can differ between connections is an option that has its default from here.
