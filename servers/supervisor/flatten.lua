-- SPDX-License-Identifier: MIT
--
-- flatten: makes the supervisor's flat image (microkernel/abi/boot.h: struct flat_image) from its ELF file, on the
-- build machine. The kernel reads no ELF.
--
--   lua5.4 flatten.lua ELF FLAT

local PAGE = 4096
local MAGIC = 0x313074616c66
local SEGMENTS_MAX = 8
local SEGMENT_FORMAT = "<I8I8I8I8I4I4"
local HEADER_FORMAT = "<I8I8I8I8I8"
local HEADER_BYTES = string.packsize(HEADER_FORMAT) + SEGMENTS_MAX * string.packsize(SEGMENT_FORMAT)

local function round_up(value, unit)
	return (value + unit - 1) // unit * unit
end

local function read_header(elf)
	local magic, class, order = string.unpack("<c4BB", elf)
	if magic ~= "\127ELF" or class ~= 2 or order ~= 1 then error("not an ELF64 file") end
	local kind, machine, _, entry, table_at, _, _, _, entry_bytes, count = string.unpack("<I2I2I4I8I8I8I4I2I2I2", elf, 17)
	if kind ~= 2 or machine ~= 62 or entry_bytes ~= 56 then error("not a static x86-64 program") end
	return { entry = entry, table_at = table_at, count = count }
end

local function read_segments(elf, header)
	local segments = {}
	for index = 0, header.count - 1 do
		local kind, flags, offset, address, _, file_bytes, memory_bytes =
			string.unpack("<I4I4I8I8I8I8I8", elf, header.table_at + index * 56 + 1)
		if kind == 1 and memory_bytes > 0 then
			table.insert(segments, { flags = flags, offset = offset, address = address, file_bytes = file_bytes,
				memory_bytes = memory_bytes })
		end
	end
	if #segments == 0 or #segments > SEGMENTS_MAX then error("1 to 8 segments, not " .. #segments) end
	return segments
end

-- Address of the program headers in memory.
local function headers_address(header, segments)
	for _, segment in ipairs(segments) do
		local inside = header.table_at - segment.offset
		if inside >= 0 and inside + header.count * 56 <= segment.file_bytes then
			return segment.address + inside
		end
	end
	error("the program headers are in no segment")
end

local function prot_of(flags)
	return (flags & 4 ~= 0 and 1 or 0) | (flags & 2 ~= 0 and 2 or 0) | (flags & 1 ~= 0 and 4 or 0)
end

local function flatten(elf)
	local header = read_header(elf)
	local segments = read_segments(elf, header)
	local rows, contents = {}, {}
	local at = HEADER_BYTES
	for _, segment in ipairs(segments) do
		local lead = segment.address % PAGE
		local bytes = ("\0"):rep(lead) .. elf:sub(segment.offset + 1, segment.offset + segment.file_bytes)
		table.insert(rows, string.pack(SEGMENT_FORMAT, segment.address - lead,
			round_up(lead + segment.memory_bytes, PAGE), at, #bytes, prot_of(segment.flags), 0))
		bytes = bytes .. ("\0"):rep(round_up(#bytes, 8) - #bytes)
		table.insert(contents, bytes)
		at = at + #bytes
	end
	local head = string.pack(HEADER_FORMAT, MAGIC, header.entry, #segments, headers_address(header, segments), header.count)
	local table_bytes = table.concat(rows)
	local padding = ("\0"):rep(HEADER_BYTES - #head - #table_bytes)
	return head .. table_bytes .. padding .. table.concat(contents)
end

local function main(source, target)
	local file = assert(io.open(source, "rb"))
	local elf = file:read("a")
	file:close()
	local flat = flatten(elf)
	file = assert(io.open(target, "wb"))
	assert(file:write(flat))
	assert(file:close())
end

if #arg ~= 2 then
	io.stderr:write("usage: lua5.4 flatten.lua ELF FLAT\n")
	os.exit(2)
end
local done, why = pcall(main, arg[1], arg[2])
if not done then
	io.stderr:write("flatten: ", tostring(why), "\n")
	os.exit(1)
end
