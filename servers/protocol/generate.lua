-- SPDX-License-Identifier: MIT
--
-- generate: one interface file in, C sources, a grammar for fuzzers and a reference page out (README.md).
--
--   lua5.4 generate.lua INTERFACE.lua OUTPUT-DIRECTORY

local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = here .. "/?.lua"

local model = require("model")
local header = require("write_header")
local codec = require("write_codec")
local stubs = require("write_stubs")
local reference = require("write_reference")
local cases = require("write_cases")

local function main(path, directory)
	local service = model.read(path)
	header.write(service, directory)
	codec.write(service, directory)
	stubs.write_client(service, directory)
	stubs.write_server(service, directory)
	stubs.write_trace(service, directory)
	reference.write_page(service, directory)
	reference.write_grammar(service, directory)
	cases.write(service, directory)
end

if #arg ~= 2 then
	io.stderr:write("usage: lua5.4 generate.lua INTERFACE.lua OUTPUT-DIRECTORY\n")
	os.exit(2)
end
local done, why = pcall(main, arg[1], arg[2])
if not done then
	io.stderr:write("generate: ", tostring(why), "\n")
	os.exit(1)
end
