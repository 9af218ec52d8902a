/** The smallest programs that carry a record of their modules are larger by far, unless they are packed. */
const minBytes = 64 * 1024;
const minWindowsBytes = 1024;

/** Endings of files that are no programs, whatever their mode says; distributions number the libraries of C. */
const dataFile =
  /\.(so\.[\d.]+|[ao]|l[ao]|ko|[ch]|cc|cpp|hpp|go|rs|java|class|[jwe]ar|[cm]?jsx?|[cm]?tsx?|map|json|css|html?|xml|ya?ml|toml|ini|conf|py[cio]?|p[lm]|rb|php|lua|r|tcl|sh|bash|ps1|txt|md|rst|csv|po|mo|pdf|png|jpe?g|gif|svg|ico|webp|ttf|otf|woff2?|gz|tgz|bz2|xz|zst|lz4|zip|whl|egg|gem|nupkg|tar|deb|rpm|apk|db|sqlite3?|log|wasm|onnx|pth?|safetensors)$/i;

/**
 * Whether a file may be a program or an extension module that was built from modules (Go, Rust), by its name, its bytes and
 * its permission bits: whoever reads those asks this, so that a file is kept for all of them or for none.
 */
export function mayBeProgram(path: string, size: number, mode: number): boolean {
  if (size < minWindowsBytes) return false;
  if (path.endsWith('.exe') || path.endsWith('.EXE')) return true;
  if (size < minBytes) return false;
  // Extension modules of Python and Node come without the executable bit out of many a wheel and tarball.
  if ((mode & 0o111) === 0) return path.endsWith('.so') || path.endsWith('.node');
  return !dataFile.test(path);
}
