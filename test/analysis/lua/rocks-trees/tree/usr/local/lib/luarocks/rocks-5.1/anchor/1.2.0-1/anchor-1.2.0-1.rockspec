rockspec_format = "3.0"
package = "Anchor"
version = "1.2.0-1"
source = { url = "git+https://example.org/anchor.git" }
description = {
  summary = "Anchors",
  license = "MIT/X11",
}
dependencies = {
  "lua >= 5.1",
  "rope ~> 2.1",
}
build = { type = "builtin", modules = { anchor = "anchor.lua" } }
