-- SPDX-License-Identifier: MIT
--
-- font: makes C tables for font.h out of a console font in PSF version 1 with a Unicode table, 8 by 16 pixels.
--
--   lua5.4 font.lua FONT.psf OUTPUT.c

local MODE_512, MODE_HAS_TABLE = 1, 2
local HEIGHT = 16
local SEQUENCE, END = 0xfffe, 0xffff

local function fail(text)
	io.stderr:write("font: ", text, "\n")
	os.exit(1)
end

-- { { character, glyph }, ... } without sequences of several characters.
local function read_table(data, place, count)
	local entries, seen, glyph, in_sequence = {}, {}, 0, false
	while glyph < count do
		if place + 1 > #data then
			fail("the Unicode table is cut short")
		end
		local value = string.unpack("<I2", data, place)
		place = place + 2
		if value == END then
			glyph, in_sequence = glyph + 1, false
		elseif value == SEQUENCE then
			in_sequence = true
		elseif not in_sequence and not seen[value] then
			seen[value] = true
			entries[#entries + 1] = { value, glyph }
		end
	end
	table.sort(entries, function(a, b) return a[1] < b[1] end)
	return entries
end

local function write(path, data, count, entries)
	local out = assert(io.open(path, "w"))
	out:write('#include "font.h"\n\nconst struct font_entry font_entries[] = {\n')
	for _, entry in ipairs(entries) do
		out:write(("\t{ 0x%04x, %d },\n"):format(entry[1], entry[2]))
	end
	out:write(("};\nconst uint32_t font_entry_count = %d;\n\nconst uint8_t font_glyphs[][FONT_HEIGHT] = {\n"):format(#entries))
	for glyph = 0, count - 1 do
		local rows = { data:byte(5 + glyph * HEIGHT, 4 + (glyph + 1) * HEIGHT) }
		out:write("\t{ ", table.concat(rows, ", "), " },\n")
	end
	out:write("};\n")
	out:close()
end

if #arg ~= 2 then
	fail("usage: lua5.4 font.lua FONT.psf OUTPUT.c")
end
local file = assert(io.open(arg[1], "rb"))
local data = file:read("a")
file:close()
if #data < 4 or data:sub(1, 2) ~= "\x36\x04" or data:byte(4) ~= HEIGHT or data:byte(3) & MODE_HAS_TABLE == 0 then
	fail(arg[1] .. " is no PSF 1 font of 16 rows with a Unicode table")
end
local count = data:byte(3) & MODE_512 ~= 0 and 512 or 256
if #data < 4 + count * HEIGHT then
	fail(arg[1] .. " is cut short")
end
write(arg[2], data, count, read_table(data, 5 + count * HEIGHT, count))
