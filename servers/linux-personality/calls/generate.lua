-- SPDX-License-Identifier: MIT
--
-- Makes from calls.lua and the names.lua beside it, in the directory given:
--   calls_generated.h  prototype of each handler          calls_dispatch.c  number -> handler, arguments converted
--   calls_rows.c       the tracer's row of each call      coverage.md       what is there and what is missing
--   calls.json         the list for tests (bad pointers, fuzzing)     calls_names.c  symbolic names of values and errors
--   calls_decoders.h, calls_decoders.c  what tells arguments and results in full (calls/strace/)
-- usage: lua generate.lua calls.lua OUTPUT-DIRECTORY

local ENTRY_NOTE = "/* Generated from calls/calls.lua; do not edit. */\n"
local REGISTERS = { "rdi", "rsi", "rdx", "r10", "r8", "r9" }
local STATUSES = { done = true, partial = true, missing = true }
local RESTARTS = { none = true, sys = true, nohand = true, block = true, nointr = true }

-- C type, and how a register becomes it.
local TYPES = {}
local function define(names, ctype, convert)
	for name in names:gmatch("%S+") do
		TYPES[name] = { ctype = ctype, convert = convert, enum = "ARGUMENT_" .. name:upper() }
	end
end
define("fd s32 sig", "int32_t", "(int32_t)%s")
define("u32 mode flags", "uint32_t", "(uint32_t)%s")
define("s64", "int64_t", "(int64_t)%s")
define("u64 size bits", "uint64_t", "%s")
define("ptr in out addr path", "gaddr_t", "(gaddr_t){ %s }")

local function fail(row, text)
	error(("call %s %s: %s"):format(tostring(row[1]), tostring(row[2]), text), 0)
end

local function parse_arguments(row, sets)
	local arguments = {}
	for part in row[3]:gmatch("[^,]+") do
		local typed, name = part:match("^%s*(%S+)%s+(%S+)%s*$")
		local kind, how = (typed or ""):match("^(%l%w*)([%w_:]*)$")
		local set, decoder = (how or ""):match("^:?([%u%d_]*):?(%l?[%l%d_]*)$")
		if not decoder or not TYPES[kind] or set ~= "" and not sets[set] then
			fail(row, "bad argument '" .. part .. "'")
		end
		arguments[#arguments + 1] = { kind = kind, set = set, decoder = decoder ~= "" and decoder, name = name,
			type = TYPES[kind] }
	end
	if #arguments > #REGISTERS then
		fail(row, "too many arguments")
	end
	return arguments
end

local function check(row, seen, sets)
	row.status = row.status or "missing"
	row.restart = row.restart or "none"
	if not STATUSES[row.status] then
		fail(row, "unknown status " .. row.status)
	end
	if not RESTARTS[row.restart] then
		fail(row, "unknown restart rule " .. row.restart)
	end
	if (row.status == "partial") ~= (row.lacks ~= nil) then
		fail(row, "a partial call, and no other, says what it lacks")
	end
	if row.gone and row.status ~= "missing" then
		fail(row, "a call that is gone has no handler")
	end
	if seen[row[1]] or seen[row[2]] then
		fail(row, "twice in the table")
	end
	seen[row[1]], seen[row[2]] = true, true
	row.number, row.name, row.owner = row[1], row[2], row[4]
	row.arguments = parse_arguments(row, sets)
	row.result_set = row.tells and row.tells:match("^set:(.+)")
	row.teller = not row.result_set and row.tells
	if row.result_set and not sets[row.result_set] then
		fail(row, "unknown set " .. row.result_set)
	end
end

local function load_rows(path)
	local rows, seen = dofile(path), {}
	local names = dofile((path:gsub("[^/]*$", "names.lua")))
	rows.sets, rows.errors = names.sets, names.errors
	for _, row in ipairs(rows) do
		check(row, seen, rows.sets)
	end
	table.sort(rows, function(a, b)
		return a.number < b.number
	end)
	return rows
end

local function write_file(directory, name, text)
	local file = assert(io.open(directory .. "/" .. name, "w"))
	file:write(text)
	file:close()
end

local function sorted_keys(set)
	local keys = {}
	for key in pairs(set) do
		keys[#keys + 1] = key
	end
	table.sort(keys)
	return keys
end

-- {key: its place in order, from 1}
local function places(set)
	local found = {}
	for i, key in ipairs(sorted_keys(set)) do
		found[key] = i
	end
	return found
end

local function prototypes(rows)
	local out = { ENTRY_NOTE, "#ifndef LICHEN_CALLS_GENERATED_H\n#define LICHEN_CALLS_GENERATED_H\n\n",
		"#include <stdint.h>\n#include \"abi/types.h\"\n\nstruct thread;\n\n" }
	for _, row in ipairs(rows) do
		if not row.gone then
			local parameters = { "struct thread *self" }
			for _, argument in ipairs(row.arguments) do
				parameters[#parameters + 1] = argument.type.ctype .. " " .. argument.name
			end
			out[#out + 1] = ("int64_t sys_%s(%s);\n"):format(row.name, table.concat(parameters, ", "))
		end
	end
	out[#out + 1] = "\nenum call_number {\n"
	for _, row in ipairs(rows) do
		out[#out + 1] = ("\tCALL_NUMBER_%s = %d,\n"):format(row.name, row.number)
	end
	out[#out + 1] = "};\n\nenum name_set_number {\n"
	for i, name in ipairs(sorted_keys(rows.sets)) do
		out[#out + 1] = ("\tNAMES_%s = %d,\n"):format(name, i)
	end
	out[#out + 1] = ("};\n\n#define CALL_ROW_COUNT %d\n#define ERROR_NAME_COUNT %d\n\n#endif\n"):format(
		rows[#rows].number + 1, #rows.errors + 1)
	return table.concat(out)
end

-- A function for each call that takes its arguments from the registers: the linker can put it beside its handler.
local function dispatch(rows)
	local out = { ENTRY_NOTE, "#include \"calls/calls.h\"\n#include \"abi/guest.h\"\n\n" }
	local entries = {}
	for _, row in ipairs(rows) do
		if row.status ~= "missing" then
			local values = { "self" }
			for i, argument in ipairs(row.arguments) do
				values[#values + 1] = argument.type.convert:format("regs->" .. REGISTERS[i])
			end
			out[#out + 1] = ("static int64_t enter_%s(struct thread *self, const struct guest_registers *regs)\n"
				.. "{\n%s\treturn sys_%s(%s);\n}\n\n"):format(row.name,
				#row.arguments == 0 and "\t(void)regs;\n" or "", row.name, table.concat(values, ", "))
			entries[#entries + 1] = ("\t[%d] = enter_%s,\n"):format(row.number, row.name)
		end
	end
	out[#out + 1] = "call_entry *const call_entries[CALL_ROW_COUNT] = {\n" .. table.concat(entries) .. "};\n"
	return table.concat(out)
end

-- "0x1f", "017", "-1", "15" as 32 bits.
local function number_of(text)
	local value = text:match("^0%d+$") and tonumber(text, 8) or tonumber(text)
	return assert(value, "not a number: " .. text) & 0xffffffff
end

local function set_entries(text)
	local out, whole = {}, text:match("^=")
	for name, value, mask in text:gsub("^=", ""):gmatch("([%w_]+)=([%w-]+)/?([%w-]*)") do
		local bits = number_of(value)
		out[#out + 1] = ('\t{ 0x%xu, 0x%xu, "%s" },\n'):format(bits,
			mask ~= "" and number_of(mask) or whole and 0xffffffff or bits, name)
	end
	return out
end

local function names_source(rows)
	local out = { ENTRY_NOTE, "#include \"calls/calls.h\"\n\n" }
	local list = {}
	for i, name in ipairs(sorted_keys(rows.sets)) do
		local entries = set_entries(rows.sets[name])
		out[#out + 1] = ("static const struct name_entry set_%s[] = {\n%s};\n"):format(name, table.concat(entries))
		list[i] = ('\t[%d] = { set_%s, %d, "%s" },\n'):format(i, name, #entries, (name:gsub("%d$", "")))
	end
	out[#out + 1] = ("\nconst struct name_set name_sets[%d] = {\n%s};\n\n"):format(#list + 1, table.concat(list))
	local texts = { "const char *const error_texts[ERROR_NAME_COUNT] = {\n\t0,\n" }
	out[#out + 1] = "const char *const error_names[ERROR_NAME_COUNT] = {\n\t0,\n"
	for _, line in ipairs(rows.errors) do
		local name, text = line:match("^(%w+) (.+)$")
		out[#out + 1] = name and ('\t"%s",\n'):format(name) or "\t0,\n"
		texts[#texts + 1] = name and ('\t"%s",\n'):format(text) or "\t0,\n"
	end
	out[#out + 1] = "};\n\n" .. table.concat(texts) .. "};\n"
	return table.concat(out)
end

-- The names of all decoders and of all tellers, as sets.
local function decoder_names(rows)
	local decoders, tellers = {}, {}
	for _, row in ipairs(rows) do
		for _, argument in ipairs(row.arguments) do
			if argument.decoder then
				decoders[argument.decoder] = true
			end
		end
		if row.teller then
			tellers[row.teller] = true
		end
	end
	return decoders, tellers
end

local function declared(out, kind, prefix, set)
	for _, name in ipairs(sorted_keys(set)) do
		out[#out + 1] = ("%s %s%s;\n"):format(kind, prefix, name)
	end
end

local function decoders_header(rows)
	local decoders, tellers = decoder_names(rows)
	local out = { ENTRY_NOTE }
	declared(out, "call_decoder", "decode_", decoders)
	declared(out, "call_teller", "tell_", tellers)
	return table.concat(out)
end

local function pointers(out, declaration, prefix, set)
	out[#out + 1] = ("%s[] = {\n\t0,\n"):format(declaration)
	for _, name in ipairs(sorted_keys(set)) do
		out[#out + 1] = ("\t%s%s,\n"):format(prefix, name)
	end
	out[#out + 1] = "};\n"
end

local function decoders_source(rows)
	local decoders, tellers = decoder_names(rows)
	local out = { ENTRY_NOTE, '#include "calls/strace/tell.h"\n\n' }
	pointers(out, "call_decoder *const call_decoders", "decode_", decoders)
	pointers(out, "call_teller *const call_tellers", "tell_", tellers)
	return table.concat(out)
end

local function tracer_rows(rows)
	local decoders, tellers = decoder_names(rows)
	local set_places, decoder_places, teller_places = places(rows.sets), places(decoders), places(tellers)
	local out = { ENTRY_NOTE, "#include \"calls/calls.h\"\n\nconst struct call_row call_rows[CALL_ROW_COUNT] = {\n" }
	for _, row in ipairs(rows) do
		local kinds, sets, told = { #row.arguments == 0 and "0" or nil }, { #row.arguments == 0 and 0 or nil }, { 0 }
		for i, argument in ipairs(row.arguments) do
			kinds[i], sets[i] = "ARGUMENT_" .. argument.kind:upper(), set_places[argument.set] or 0
			told[i] = decoder_places[argument.decoder] or 0
		end
		out[#out + 1] = ('\t[%d] = { "%s", %d, %d, { %s }, { %s }, { %s }, %d, %d },\n'):format(row.number, row.name,
			#row.arguments, row.gone and 2 or row.status == "partial" and 1 or 0, table.concat(kinds, ", "),
			table.concat(sets, ", "), table.concat(told, ", "), teller_places[row.teller] or 0,
			set_places[row.result_set] or 0)
	end
	out[#out + 1] = "};\n"
	return table.concat(out)
end

local function coverage(rows)
	local count, gone = { done = 0, partial = 0, missing = 0 }, 0
	for _, row in ipairs(rows) do
		count[row.status] = count[row.status] + (row.gone and 0 or 1)
		gone = gone + (row.gone and 1 or 0)
	end
	local out = { "# Linux calls\n\n", "Generated from `servers/linux-personality/calls/calls.lua`.\n\n",
		("%d calls: %d done, %d partial, %d missing; %d more that Linux itself does not have.\n\n"):format(
			#rows - gone, count.done, count.partial, count.missing, gone),
		"| number | call | arguments | folder | status | lacks |\n|---|---|---|---|---|---|\n" }
	for _, row in ipairs(rows) do
		out[#out + 1] = ("| %d | %s | %s | %s | %s | %s |\n"):format(row.number, row.name, row[3], row.owner,
			row.gone and "gone" or row.status, row.lacks or row.gone or "")
	end
	return table.concat(out)
end

local function json_list(rows)
	local lines = {}
	for _, row in ipairs(rows) do
		local arguments = {}
		for i, argument in ipairs(row.arguments) do
			arguments[i] = ('{"type":"%s","name":"%s"}'):format(argument.kind, argument.name)
		end
		lines[#lines + 1] = (' {"number":%d,"name":"%s","status":"%s","restart":"%s","arguments":[%s]}'):format(
			row.number, row.name, row.gone and "gone" or row.status, row.restart, table.concat(arguments, ","))
	end
	return "[\n" .. table.concat(lines, ",\n") .. "\n]\n"
end

local source, directory = arg[1], arg[2]
local rows = load_rows(source)
write_file(directory, "calls_generated.h", prototypes(rows))
write_file(directory, "calls_dispatch.c", dispatch(rows))
write_file(directory, "calls_rows.c", tracer_rows(rows))
write_file(directory, "calls_names.c", names_source(rows))
write_file(directory, "calls_decoders.h", decoders_header(rows))
write_file(directory, "calls_decoders.c", decoders_source(rows))
write_file(directory, "coverage.md", coverage(rows))
write_file(directory, "calls.json", json_list(rows))
