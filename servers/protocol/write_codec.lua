-- SPDX-License-Identifier: MIT
--
-- write_codec: <service>_codec.c, the pure functions between the structs of a service and messages. The layout is that of
-- servers/runtime/codec.h: integers in words (or, when they do not fit there, in the page), then the other fields in
-- the order of the interface file, each 8-byte aligned.

local model = require("model")
local text = require("text")

local codec = {}

local MAXIMA = { u8 = "UINT8_MAX", u16 = "UINT16_MAX", u32 = "UINT32_MAX" }

local function needs_check(struct)
	for _, member in ipairs(struct.members) do
		if member.kind == "enum" or member.kind == "bits" or member.kind == "text" then return true end
		if member.kind == "struct" and needs_check(member.struct) then return true end
	end
	return false
end

local function member_condition(member)
	local place = "value->" .. member.name
	if member.kind == "enum" then return ("%s_known(%s)"):format(member.type_stem, place) end
	if member.kind == "bits" then return ("(%s & ~%s) == 0"):format(place, member.mask) end
	if member.kind == "text" then return ("codec_text_ends(%s, %d)"):format(place, member.size) end
	if member.kind == "struct" and needs_check(member.struct) then
		return ("%s_valid(&%s)"):format(member.type_stem, place)
	end
end

-- What the C expressions of a field need to know of its type.
local function annotate(service, field)
	field.type_stem = ("%s_%s"):format(service.name, field.type or "")
	if field.kind == "bits" then
		local mask = 0
		for _, value in ipairs(service.bits_by_name[field.type].values) do mask = mask | value.value end
		field.mask = ("0x%xu"):format(mask)
	end
	return field
end

local function annotate_all(service)
	for _, struct in ipairs(service.structs) do
		for _, member in ipairs(struct.members) do annotate(service, member) end
	end
	for _, message in ipairs(service.messages) do
		for _, part in ipairs({ message.request, message.reply }) do
			for _, field in ipairs(part.fields) do
				annotate(service, field.kind == "array" and field.element or field)
			end
		end
	end
end

-- Which enums and structs are checked as parts of what is received.
local function mark_used(service)
	local used = {}
	local function mark_struct(struct)
		if used[struct.name] then return end
		used[struct.name] = needs_check(struct)
		for _, member in ipairs(struct.members) do
			if member.kind == "struct" then mark_struct(member.struct) end
			if member.kind == "enum" then used[member.type] = true end
		end
	end
	for _, message in ipairs(service.messages) do
		for _, part in ipairs({ message.request, message.reply }) do
			for _, field in ipairs(part.fields) do
				local value = field.kind == "array" and field.element or field
				if value.struct then mark_struct(value.struct) end
				if value.kind == "enum" then used[value.type] = true end
				if field.kind == "array" and value.struct then used[value.type .. "[]"] = needs_check(value.struct) end
			end
		end
	end
	return used
end

local function write_enum_check(out, service, set)
	out:line("\nstatic bool %s_%s_known(uint64_t value)\n{\n\tswitch (value) {", service.name, set.name)
	for _, value in ipairs(set.values) do
		out:line("\tcase %s_%s_%s:", service.name:upper(), set.name:upper(), value.name)
	end
	out:line("\t\treturn true;\n\tdefault:\n\t\treturn false;\n\t}\n}")
end

local function write_struct_check(out, struct, stem, arrays)
	local conditions = {}
	for _, member in ipairs(struct.members) do
		conditions[#conditions + 1] = member_condition(member)
	end
	out:line("\nstatic bool %s_valid(const %s *value)\n{\n\treturn %s;\n}", stem, struct.c,
		table.concat(conditions, " &&\n\t       "))
	if arrays then
		out:line("\nstatic bool %s_all_valid(const %s *values, uint32_t count)\n{\n\tfor (uint32_t i = 0; i < count; i++) {\n"
			.. "\t\tif (!%s_valid(&values[i]))\n\t\t\treturn false;\n\t}\n\treturn true;\n}", stem, struct.c, stem)
	end
end

local function write_checks(out, service)
	local used = mark_used(service)
	for _, set in ipairs(service.enums) do
		if used[set.name] then write_enum_check(out, service, set) end
	end
	for _, struct in ipairs(service.structs) do
		local stem = service.name .. "_" .. struct.name
		if used[struct.name] then write_struct_check(out, struct, stem, used[struct.name .. "[]"]) end
	end
end

-- Encoding -----------------------------------------------------------------------------------------------------------

local function encode_field(out, part, which, field, word)
	local place = which .. "->" .. field.name
	if model.is_scalar(field) then
		local value = field.type:match("^s") and ("(uint64_t)(int64_t)%s"):format(place) or place
		if part.words then
			out:line("\tmessage->words[%d] = %s;", word, value)
		else
			out:line("\tcodec_put_word(&writer, %s);", value)
		end
	elseif field.kind == "struct" then
		out:line("\tcodec_put_block(&writer, &%s, sizeof %s);", place, place)
	elseif field.kind == "array" then
		out:line("\tcodec_put_array(&writer, %s, %s_count, sizeof *%s, %d);", place, place, place, field.max)
	elseif field.kind == "bytes" then
		out:line("\tcodec_put_array(&writer, %s, %s_bytes, 1, %d);", place, place, field.max)
	else
		out:line("\tcodec_put_string(&writer, %s, %s_bytes, %d);", place, place, field.max)
	end
end

local function encode_fields(out, part, which, word)
	for _, field in ipairs(part.fields) do
		encode_field(out, part, which, field, word)
		word = word + (model.is_scalar(field) and 1 or 0)
	end
	for _, handle in ipairs(part.handles) do
		out:line("\tcodec_put_handle(&writer, %s->%s, %s);", which, handle.name, tostring(handle.optional))
	end
end

local function write_request_encode(out, service, message)
	local stem = service.name .. "_" .. message.name
	local parameter = message.request.empty and "" or ("const struct %s_request *request, "):format(stem)
	out:line("\nstatus_t %s_request_encode(%sstruct message *message, struct message_page *page)\n{", stem, parameter)
	out:line("\tstruct codec_writer writer = codec_writer_start(message, page);\n")
	encode_fields(out, message.request, "request", 0)
	out:line("\treturn codec_writer_finish(&writer, message, %s_MESSAGE_%s);\n}", service.name:upper(), message.name:upper())
end

local function write_reply_encode(out, service, message)
	local stem = service.name .. "_" .. message.name
	local parameter = message.reply.empty and "" or ("const struct %s_reply *reply, "):format(stem)
	out:line("\nstatus_t %s_reply_encode(status_code_t status, %sstruct message *message, struct message_page *page)\n{", stem,
		parameter)
	out:line("\tstruct codec_writer writer = codec_writer_start(message, page);\n")
	out:line("\tmessage->words[0] = (uint64_t)(int64_t)status;")
	if not message.reply.empty then
		out:line("\tif (!codec_has_answer(status))\n\t\treturn STATUS_OK;")
		encode_fields(out, message.reply, "reply", 1)
	end
	out:line("\treturn codec_writer_finish(&writer, message, 0);\n}")
end

-- Decoding -----------------------------------------------------------------------------------------------------------

local function decode_scalar(out, place, field, source)
	if field.kind == "bool" then
		out:line("\t%s = codec_fits(&reader, %s, 1) != 0;", place, source)
	elseif field.kind == "enum" then
		out:line("\t%s = (uint32_t)codec_fits(&reader, %s, UINT32_MAX);", place, source)
		out:line("\tcodec_demand(&reader, %s_known(%s));", field.type_stem, place)
	elseif field.kind == "bits" then
		out:line("\t%s = (uint32_t)codec_fits(&reader, %s, UINT32_MAX);", place, source)
		out:line("\tcodec_demand(&reader, (%s & ~%s) == 0);", place, field.mask)
	elseif field.type == "u64" then
		out:line("\t%s = %s;", place, source)
	elseif field.type == "s64" then
		out:line("\t%s = (int64_t)%s;", place, source)
	elseif field.type == "s32" then
		out:line("\t%s = codec_fits_s32(&reader, %s);", place, source)
	else
		out:line("\t%s = (%s)codec_fits(&reader, %s, %s);", place, field.c, source, MAXIMA[field.type])
	end
end

local function decode_array(out, service, place, field)
	out:line("\t%s = codec_get_array(&reader, &%s_count, sizeof *%s, %d);", place, place, place, field.max)
	if field.element.struct and needs_check(field.element.struct) then
		out:line("\tcodec_demand(&reader, %s_all_valid(%s, %s_count));", field.element.type_stem, place, place)
	end
end

local function decode_field(out, service, part, which, field, word)
	local place = which .. "->" .. field.name
	if model.is_scalar(field) then
		decode_scalar(out, place, field, part.words and ("message->words[%d]"):format(word) or "codec_get_word(&reader)")
	elseif field.kind == "struct" then
		out:line("\tcodec_get_block(&reader, &%s, sizeof %s);", place, place)
		if needs_check(field.struct) then
			out:line("\tcodec_demand(&reader, %s_valid(&%s));", field.type_stem, place)
		end
	elseif field.kind == "array" then
		decode_array(out, service, place, field)
	elseif field.kind == "bytes" then
		out:line("\t%s = codec_get_array(&reader, &%s_bytes, 1, %d);", place, place, field.max)
	else
		out:line("\t%s = codec_get_string(&reader, &%s_bytes, %d);", place, place, field.max)
	end
end

local function decode_fields(out, service, part, which, word)
	for _, field in ipairs(part.fields) do
		decode_field(out, service, part, which, field, word)
		word = word + (model.is_scalar(field) and 1 or 0)
	end
	for _, handle in ipairs(part.handles) do
		out:line("\t%s->%s = codec_get_handle(&reader, %s);", which, handle.name, tostring(handle.optional))
	end
end

local function write_request_decode(out, service, message)
	local stem = service.name .. "_" .. message.name
	local parameter = message.request.empty and "" or (", struct %s_request *request"):format(stem)
	out:line("\nstatus_t %s_request_decode(const struct message *message, const struct message_page *page%s)\n{", stem,
		parameter)
	out:line("\tstruct codec_reader reader = codec_reader_start(message, page, %s_MESSAGE_%s);\n", service.name:upper(),
		message.name:upper())
	decode_fields(out, service, message.request, "request", 0)
	out:line("\treturn codec_reader_finish(&reader) ? STATUS_OK : STATUS_INVALID;\n}")
end

local function write_reply_decode(out, service, message)
	local stem = service.name .. "_" .. message.name
	local parameter = message.reply.empty and "" or (", struct %s_reply *reply"):format(stem)
	out:line("\nstatus_t %s_reply_decode(const struct message *message, struct message_page *page%s)\n{", stem, parameter)
	out:line("\tstruct codec_reader reader = codec_reader_start(message, page, 0);\n\tstatus_code_t status = codec_status(&reader, message);\n")
	out:line("\tif (!codec_has_answer(status))\n\t\treturn status;")
	decode_fields(out, service, message.reply, "reply", 1)
	out:line("\treturn codec_reader_finish(&reader) ? status : STATUS_CORRUPT;\n}")
end

function codec.write(service, directory)
	local out = text.open(directory .. "/" .. service.name .. "_codec.c")
	annotate_all(service)
	out:line("/* Generated from %s.lua; do not edit. */\n#include \"runtime/codec.h\"\n#include \"%s_protocol.h\"", service.name,
		service.name)
	write_checks(out, service)
	for _, message in ipairs(service.messages) do
		write_request_encode(out, service, message)
		write_request_decode(out, service, message)
		write_reply_encode(out, service, message)
		write_reply_decode(out, service, message)
	end
	out:close()
end

return codec
