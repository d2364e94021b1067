-- SPDX-License-Identifier: MIT
--
-- write_cases: <service>_cases.c, for the tests of the codecs and for fuzzers: for each direction of each message, one
-- function that makes its largest valid sample and one that decodes a message and encodes it again. The table's form
-- is test/unit/protocol/case.h.

local model = require("model")
local text = require("text")

local cases = {}

-- A valid value of each scalar that is not 0 where it can be.
local SAMPLES = { u8 = "0xa5", u16 = "0xa5b6", u32 = "0xa5b6c7d8u", u64 = "0xa5b6c7d8e9fa0b1cull", s32 = "-7",
	s64 = "-0x123456789abcdefll" }

local function scalar_sample(service, field)
	if field.kind == "bool" then return "true" end
	if field.kind == "enum" then
		local values = service.enum_by_name[field.type].values
		return tostring(values[#values].value)
	end
	if field.kind == "bits" then
		local mask = 0
		for _, value in ipairs(service.bits_by_name[field.type].values) do mask = mask | value.value end
		return ("0x%xu"):format(mask)
	end
	return SAMPLES[field.type]
end

local function fill_struct(out, service, place, struct)
	for _, member in ipairs(struct.members) do
		local at = place .. "." .. member.name
		if member.kind == "struct" then
			fill_struct(out, service, at, member.struct)
		elseif member.kind == "text" or member.kind == "octets" then
			out:line("\tmemset(%s, 'o', %d);", at, member.size - (member.kind == "text" and 1 or 0))
		else
			out:line("\t%s = %s;", at, scalar_sample(service, member))
		end
	end
end

local function fill_array(out, service, place, field)
	out:line("\tstatic %s %s_space[%d];", field.c, field.name, field.max)
	if field.element.struct then
		fill_struct(out, service, ("%s_space[0]"):format(field.name), field.element.struct)
		out:line("\tfor (uint32_t i = 1; i < %d; i++)\n\t\t%s_space[i] = %s_space[0];", field.max, field.name, field.name)
	else
		out:line("\tmemset(%s_space, 0x5a, sizeof %s_space);", field.name, field.name)
	end
	out:line("\t%s = %s_space;\n\t%s_count = %d;", place, field.name, place, field.max)
end

local function fill_field(out, service, field)
	local place = "value." .. field.name
	if model.is_scalar(field) then
		out:line("\t%s = %s;", place, scalar_sample(service, field))
	elseif field.kind == "struct" then
		fill_struct(out, service, place, field.struct)
	elseif field.kind == "array" then
		fill_array(out, service, place, field)
	else
		out:line("\tstatic %s %s_space[%d];\n\tmemset(%s_space, 'x', sizeof %s_space);\n\t%s = %s_space;\n\t%s_bytes = %d;",
			field.c, field.name, field.max, field.name, field.name, place, field.name, place, field.max)
	end
end

local function write_make(out, service, message, which)
	local part, stem = message[which], ("%s_%s_%s"):format(service.name, message.name, which)
	local status = which == "reply" and "STATUS_OK, " or ""
	out:line("\nstatic status_t make_%s(struct message *message, struct message_page *page)\n{", stem)
	if not part.empty then out:line("\tstruct %s value = { 0 };", stem) end
	for _, field in ipairs(part.fields) do fill_field(out, service, field) end
	for index, handle in ipairs(part.handles) do out:line("\tvalue.%s.value = %d;", handle.name, 100 + index) end
	out:line("\treturn %s_encode(%s%smessage, page);\n}", stem, status, part.empty and "" or "&value, ")
end

local function write_again(out, service, message, which)
	local part, stem = message[which], ("%s_%s_%s"):format(service.name, message.name, which)
	out:line("\nstatic status_t again_%s(const struct message *message, struct message_page *page,\n"
		.. "\t\t\tstruct message *again, struct message_page *again_page)\n{", stem)
	if not part.empty then out:line("\tstruct %s value;", stem) end
	out:line("\tstatus_code_t status = %s_decode(message, page%s);\n", stem, part.empty and "" or ", &value")
	local answered = which == "reply" and "!codec_has_answer(status)" or "status != STATUS_OK"
	out:line("\tif (%s)\n\t\treturn status;", answered)
	out:line("\treturn %s_encode(%s%sagain, again_page);\n}", stem, which == "reply" and "status, " or "",
		part.empty and "" or "&value, ")
end

function cases.write(service, directory)
	local out = text.open(directory .. "/" .. service.name .. "_cases.c")
	out:line("/* Generated from %s.lua; do not edit. */\n#include <string.h>\n#include \"case.h\"\n#include \"runtime/codec.h\"\n"
		.. "#include \"%s_protocol.h\"", service.name, service.name)
	for _, message in ipairs(service.messages) do
		for _, which in ipairs({ "request", "reply" }) do
			write_make(out, service, message, which)
			write_again(out, service, message, which)
		end
	end
	out:line("\nconst struct protocol_case %s_cases[] = {", service.name)
	for _, message in ipairs(service.messages) do
		for _, which in ipairs({ "request", "reply" }) do
			local stem = ("%s_%s_%s"):format(service.name, message.name, which)
			out:line("\t{ \"%s\", %s, make_%s, again_%s },", stem, tostring(which == "reply"), stem, stem)
		end
	end
	out:line("\t{ NULL, false, NULL, NULL },\n};")
	out:close()
end

return cases
