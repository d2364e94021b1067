-- SPDX-License-Identifier: MIT
--
-- model: reads one interface file and makes of it a checked description that the writers of C, JSON and Markdown share.
-- All mistakes of an interface file are found here, with the place where they are; the writers trust the model.
--
-- A checked field is { name, kind, c, ..., doc } with kind one of integer, bool, enum, bits, struct, array, bytes,
-- string, octets, text. `c` is its type in C, `size` and `align` hold for what may be a struct's member.

local model = {}

model.WORDS = 8
model.PAGE_BYTES = 4080
model.HANDLES = 4

local INTEGERS = {
	u8 = { "uint8_t", 1 }, u16 = { "uint16_t", 2 }, u32 = { "uint32_t", 4 }, u64 = { "uint64_t", 8 },
	s32 = { "int32_t", 4 }, s64 = { "int64_t", 8 },
}

local KINDS = {
	["domain"] = "DOMAIN", ["address-space"] = "ASPACE", ["memory-object"] = "MEMORY", ["thread"] = "THREAD",
	["endpoint"] = "ENDPOINT", ["notification"] = "NOTIFICATION", ["timer"] = "TIMER", ["account"] = "ACCOUNT",
	["irq"] = "IRQ", ["io-port-range"] = "IOPORT", ["physical-range"] = "PHYSICAL", ["system-control"] = "SYSTEM",
}

local RIGHTS = { READ = true, WRITE = true, EXEC = true, MANAGE = true, TRANSFER = true }

local function fail(where, text, ...)
	error(where .. ": " .. text:format(...), 0)
end

local function check_name(where, name)
	if type(name) ~= "string" or not name:match("^[a-z][a-z0-9_]*$") then
		fail(where, "'%s' is no name (a-z, 0-9, _)", tostring(name))
	end
	return name
end

local function resolve_max(service, where, max)
	local value = service.constant_values[max] or max
	if math.type(value) ~= "integer" or value < 1 or value > model.PAGE_BYTES then
		fail(where, "the maximum '%s' is neither a constant nor a number from 1 to %d", tostring(max), model.PAGE_BYTES)
	end
	return value
end

-- Types that are one value: what they are in C, and how large in a struct.
local function value_type(service, name)
	local integer = INTEGERS[name]
	if integer then
		return { kind = "integer", type = name, c = integer[1], size = integer[2], align = integer[2] }
	elseif name == "bool" then
		return { kind = "bool", type = name, c = "bool" }
	elseif service.enum_by_name[name] then
		return { kind = "enum", type = name, c = "uint32_t", size = 4, align = 4 }
	elseif service.bits_by_name[name] then
		return { kind = "bits", type = name, c = "uint32_t", size = 4, align = 4 }
	elseif service.struct_by_name[name] then
		local struct = service.struct_by_name[name]
		return { kind = "struct", type = name, c = struct.c, size = struct.size, align = struct.align, struct = struct }
	end
end

local function is_doc(value)
	return value == nil or type(value) == "string"
end

local function array_field(service, where, row)
	local element = value_type(service, row[3])
	if not element or (element.kind ~= "struct" and element.kind ~= "integer") then
		fail(where, "an array of '%s' cannot be", tostring(row[3]))
	end
	return { kind = "array", element = element, c = element.c, max = resolve_max(service, where, row[4]), doc = row[5] }
end

local function blob_field(service, where, row)
	local c = row[2] == "string" and "char" or "uint8_t"
	return { kind = row[2], c = c, max = resolve_max(service, where, row[3]), doc = row[4] }
end

local function message_field(service, where, row)
	local name = check_name(where, row[1])
	local at = where .. "." .. name
	local field
	if row[2] == "array" then
		field = array_field(service, at, row)
	elseif row[2] == "bytes" or row[2] == "string" then
		field = blob_field(service, at, row)
	else
		field = value_type(service, row[2]) or fail(at, "unknown type '%s'", tostring(row[2]))
		field.doc = row[3]
	end
	if not is_doc(field.doc) then fail(at, "the doc is no text") end
	field.name = name
	return field
end

local function struct_member(service, where, row)
	local name = check_name(where, row[1])
	local at = where .. "." .. name
	local field
	if row[2] == "octets" or row[2] == "text" then
		local size = resolve_max(service, at, row[3])
		field = { kind = row[2], c = row[2] == "text" and "char" or "uint8_t", size = size, align = 1, doc = row[4] }
	else
		field = value_type(service, row[2])
		if not field or not field.size then fail(at, "type '%s' cannot be in a struct", tostring(row[2])) end
		field.doc = row[3]
	end
	if not is_doc(field.doc) then fail(at, "the doc is no text") end
	field.name = name
	return field
end

local function read_struct(service, row)
	local where = service.name .. "." .. check_name(service.name, row[1])
	local struct = { name = row[1], doc = row.doc, members = {}, size = 0, align = 1 }
	struct.c = ("struct %s_%s"):format(service.name, row[1])
	for _, member_row in ipairs(row[2]) do
		local member = struct_member(service, where, member_row)
		if struct.size % member.align ~= 0 then
			fail(where .. "." .. member.name, "would be padded to offset %d: name the padding",
				struct.size + member.align - struct.size % member.align)
		end
		member.offset = struct.size
		struct.size = struct.size + member.size
		struct.align = math.max(struct.align, member.align)
		table.insert(struct.members, member)
	end
	if struct.size == 0 then fail(where, "has no members") end
	if struct.size % struct.align ~= 0 then fail(where, "would be padded at its end: name the padding") end
	return struct
end

local function read_set(service, row)
	local where = service.name .. "." .. check_name(service.name, row[1])
	local set = { name = row[1], doc = row.doc, values = {} }
	for _, value in ipairs(row[2]) do
		if type(value[1]) ~= "string" or not value[1]:match("^[A-Z][A-Z0-9_]*$") then
			fail(where, "'%s' is no constant's name", tostring(value[1]))
		end
		if math.type(value[2]) ~= "integer" or value[2] < 0 or value[2] > 0xffffffff then
			fail(where, "%s is no 32-bit number", value[1])
		end
		table.insert(set.values, { name = value[1], value = value[2], doc = value[3] })
	end
	if #set.values == 0 then fail(where, "has no values") end
	return set
end

local function read_handle(where, row)
	local name = check_name(where, row[1])
	local kind = KINDS[row[2]] or fail(where, "unknown kind of handle '%s'", tostring(row[2]))
	local rights = {}
	for right in tostring(row[3]):gmatch("[^|]+") do
		if not RIGHTS[right] then fail(where, "unknown right '%s'", right) end
		table.insert(rights, "RIGHT_" .. right)
	end
	return { name = name, kind = kind, kind_text = row[2], rights = table.concat(rights, " | "), rights_text = row[3],
		optional = row.optional or false, doc = row[4] }
end

local function read_handles(where, rows)
	local handles = {}
	for index, row in ipairs(rows or {}) do
		local handle = read_handle(where, row)
		if index > 1 and handles[index - 1].optional and not handle.optional then
			fail(where, "optional handles come last")
		end
		table.insert(handles, handle)
	end
	if #handles > model.HANDLES then fail(where, "more than %d handles", model.HANDLES) end
	return handles
end

local SCALAR = { integer = true, bool = true, enum = true, bits = true }

function model.is_scalar(field)
	return SCALAR[field.kind] or false
end

local function align8(bytes)
	return (bytes + 7) // 8 * 8
end

-- Most bytes of the message page that a field can take, as codec.h lays it out.
function model.page_bytes(field)
	if field.kind == "struct" then return align8(field.size) end
	if field.kind == "array" then return 8 + align8(field.element.size * field.max) end
	if field.kind == "string" then return 8 + align8(field.max + 1) end
	if field.kind == "bytes" then return 8 + align8(field.max) end
	return 8
end

-- One direction of a message. words: integers travel in registers; else all of them lie in the page.
local function read_part(service, where, rows, handle_rows, words_free)
	local part = { fields = {}, handles = read_handles(where, handle_rows), names = {}, words = true }
	local scalars, page = 0, 0
	for _, row in ipairs(rows or {}) do
		local field = message_field(service, where, row)
		table.insert(part.fields, field)
		scalars = scalars + (model.is_scalar(field) and 1 or 0)
		page = page + (model.is_scalar(field) and 0 or model.page_bytes(field))
	end
	if scalars > words_free then
		part.words, page = false, page + 8 * scalars
	end
	if page > model.PAGE_BYTES then fail(where, "may need %d bytes, the message page has %d", page, model.PAGE_BYTES) end
	for _, list in ipairs({ part.fields, part.handles }) do
		for _, field in ipairs(list) do
			if part.names[field.name] then fail(where, "'%s' is there twice", field.name) end
			part.names[field.name] = true
		end
	end
	part.page_max, part.empty = page, #part.fields + #part.handles == 0
	return part
end

local function check_request_id(where, message)
	local first = message.request.fields[1]
	if not message.idempotent and not (first and first.name == "request_id" and first.type == "u64") then
		fail(where, "is not idempotent, so it must begin with { \"request_id\", \"u64\" }")
	end
end

local function read_message(service, row)
	local where = service.name .. "." .. check_name(service.name, row[2])
	local number = row[1]
	if math.type(number) ~= "integer" or number < 1 or number > 999 then fail(where, "numbers are 1 to 999") end
	if type(row.idempotent) ~= "boolean" then fail(where, "does not say whether it is idempotent") end
	if type(row.doc) ~= "string" then fail(where, "has no doc") end
	local message = { number = number, name = row[2], doc = row.doc, idempotent = row.idempotent,
		errors = row.errors or {} }
	message.request = read_part(service, where .. " request", row.request, row.request_handles, model.WORDS)
	message.reply = read_part(service, where .. " reply", row.reply, row.reply_handles, model.WORDS - 1)
	check_request_id(where, message)
	return message
end

local function read_messages(service, rows)
	local seen = {}
	for _, row in ipairs(rows) do
		local message = read_message(service, row)
		if seen[message.number] or seen[message.name] then
			fail(service.name .. "." .. message.name, "number or name is taken")
		end
		seen[message.number], seen[message.name] = true, true
		table.insert(service.messages, message)
	end
end

local function read_constants(service, rows)
	for _, row in ipairs(rows or {}) do
		if math.type(row[2]) ~= "integer" then fail(service.name, "constant %s is no number", tostring(row[1])) end
		service.constant_values[row[1]] = row[2]
		table.insert(service.constants, { name = row[1], value = row[2], doc = row[3] })
	end
end

local function read_sets(service, rows, list, by_name)
	for _, row in ipairs(rows or {}) do
		local set = read_set(service, row)
		by_name[set.name] = set
		table.insert(list, set)
	end
end

-- The checked description of the service in a file.
function model.read(path)
	local source = assert(loadfile(path, "t", {}))()
	if type(source) ~= "table" then fail(path, "returns no table") end
	local service = { name = check_name(path, source.name), doc = source.doc or "", constants = {}, constant_values = {},
		enums = {}, enum_by_name = {}, bits = {}, bits_by_name = {}, structs = {}, struct_by_name = {}, messages = {} }
	read_constants(service, source.constants)
	read_sets(service, source.enums, service.enums, service.enum_by_name)
	read_sets(service, source.bits, service.bits, service.bits_by_name)
	for _, row in ipairs(source.structs or {}) do
		local struct = read_struct(service, row)
		service.struct_by_name[struct.name] = struct
		table.insert(service.structs, struct)
	end
	read_messages(service, source.messages or {})
	return service
end

return model
