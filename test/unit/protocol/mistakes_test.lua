-- SPDX-License-Identifier: MIT
--
-- Mistakes of interface files: each must be found, and its place named.
--   lua5.4 mistakes_test.lua DIRECTORY-OF-THE-GENERATOR

package.path = arg[1] .. "/?.lua"
local model = require("model")

local function message(fields)
	return ('return { name = "s", messages = { { 1, "m", doc = "d", idempotent = true, %s } } }'):format(fields)
end

local function structs(members)
	return ('return { name = "s", structs = { { "t", { %s } } }, messages = {} }'):format(members)
end

local mistakes = {
	{ 'return 5', "returns no table" },
	{ 'return { name = "S" }', "is no name" },
	{ message('request = { { "a", "u31" } }'), "unknown type 'u31'" },
	{ message('request = { { "a", "bytes", "MAX" } }'), "neither a constant nor a number" },
	{ message('request = { { "a", "bytes", 5000 } }'), "neither a constant nor a number" },
	{ message('request = { { "a", "bytes", 4000 }, { "b", "bytes", 100 } }'), "the message page has 4080" },
	{ message('request = { { "a", "u8" }, { "a", "u8" } }'), "is there twice" },
	{ message('request = { { "a", "array", "bool", 4 } }'), "an array of 'bool'" },
	{ message('request_handles = { { "h", "file", "READ" } }'), "unknown kind of handle" },
	{ message('request_handles = { { "h", "endpoint", "READ|CALL" } }'), "unknown right 'CALL'" },
	{ message('request_handles = { { "h", "endpoint", "READ", optional = true }, { "i", "endpoint", "READ" } }'),
		"optional handles come last" },
	{ structs('{ "a", "u8" }, { "b", "u32" }'), "would be padded to offset 4" },
	{ structs('{ "a", "u64" }, { "b", "u8" }'), "padded at its end" },
	{ structs('{ "a", "string", 8 }'), "cannot be in a struct" },
	{ 'return { name = "s", messages = { { 0, "m", doc = "d", idempotent = true } } }', "numbers are 1 to 999" },
	{ 'return { name = "s", messages = { { 1, "m", doc = "d" } } }', "whether it is idempotent" },
	{ 'return { name = "s", messages = { { 1, "m", doc = "d", idempotent = false } } }', "must begin with" },
	{ 'return { name = "s", messages = { { 1, "m", idempotent = true } } }', "has no doc" },
	{ 'return { name = "s", messages = { { 1, "m", doc = "d", idempotent = true }, { 1, "n", doc = "d", idempotent = true } } }',
		"number or name is taken" },
}

local failed = 0
for index, mistake in ipairs(mistakes) do
	local path = os.tmpname()
	local file = assert(io.open(path, "w"))
	file:write(mistake[1])
	file:close()
	local done, why = pcall(model.read, path)
	os.remove(path)
	if done or not tostring(why):find(mistake[2], 1, true) then
		failed = failed + 1
		print(("mistake %d: wanted '%s', got %s"):format(index, mistake[2], done and "no error" or tostring(why)))
	end
end
print(("%d of %d mistakes found"):format(#mistakes - failed, #mistakes))
os.exit(failed == 0 and 0 or 1)
