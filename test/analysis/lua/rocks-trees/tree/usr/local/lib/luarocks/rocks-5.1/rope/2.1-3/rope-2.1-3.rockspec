package = "rope"
version = "2.1-3"
source = { url = "git+https://example.org/rope.git" }
description = { summary = [[Ropes]], license = [[BSD-3-Clause]] }
build = { type = "builtin", modules = { rope = "rope.lua" } }
