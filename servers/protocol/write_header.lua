-- SPDX-License-Identifier: MIT
--
-- write_header: <service>_protocol.h, the declarations that clients and servers share.

local text = require("text")

local function write_constants(out, service)
	local upper = service.name:upper()
	for _, constant in ipairs(service.constants) do
		out:line("#define %s_%s %s%s", upper, constant.name, text.number(constant.value), text.trailing_doc(constant.doc))
	end
	for _, set in ipairs(service.enums) do
		out:line("\nenum %s_%s {", service.name, set.name)
		for _, value in ipairs(set.values) do
			out:line("\t%s_%s_%s = %d,%s", upper, set.name:upper(), value.name, value.value, text.trailing_doc(value.doc))
		end
		out:line("};")
	end
	for _, set in ipairs(service.bits) do
		out:line("")
		for _, value in ipairs(set.values) do
			out:line("#define %s_%s_%s 0x%xu%s", upper, set.name:upper(), value.name, value.value,
				text.trailing_doc(value.doc))
		end
	end
end

local function write_struct(out, struct)
	out:line("\n%s {", struct.c)
	for _, member in ipairs(struct.members) do
		local count = (member.kind == "octets" or member.kind == "text") and ("[%d]"):format(member.size) or ""
		out:line("\t%s %s%s;%s", member.c, member.name, count, text.trailing_doc(member.doc))
	end
	out:line("};\n_Static_assert(sizeof(%s) == %d, \"%s has no hidden padding\");", struct.c, struct.size, struct.name)
end

local function write_field(out, field, constant)
	local doc = text.trailing_doc(field.doc)
	if field.kind == "array" then
		out:line("\t%s%s *%s; /* at most %d */\n\tuint32_t %s_count;%s", constant, field.c, field.name, field.max,
			field.name, doc)
	elseif field.kind == "bytes" or field.kind == "string" then
		out:line("\t%s%s *%s; /* at most %d */\n\tuint32_t %s_bytes;%s", constant, field.c, field.name, field.max,
			field.name, doc)
	else
		out:line("\t%s %s;%s", field.c, field.name, doc)
	end
end

local function write_part(out, service, message, which, constant)
	local part = message[which]
	if part.empty then return end
	out:line("\nstruct %s_%s_%s {", service.name, message.name, which)
	for _, field in ipairs(part.fields) do write_field(out, field, constant) end
	for _, handle in ipairs(part.handles) do
		out:line("\thandle_t %s; /* %s, %s%s%s */", handle.name, handle.kind_text, handle.rights_text,
			handle.optional and ", optional" or "", handle.doc and ": " .. handle.doc or "")
	end
	out:line("};")
end

-- Parameters of a client stub or handler for the parts that are not empty.
local function part_parameters(service, message, names)
	local list = {}
	if not message.request.empty then
		table.insert(list, ("const struct %s_%s_request *%s"):format(service.name, message.name, names and "request" or ""))
	end
	if not message.reply.empty then
		table.insert(list, ("struct %s_%s_reply *%s"):format(service.name, message.name, names and "reply" or ""))
	end
	return list
end

local function write_functions(out, service)
	local name = service.name
	out:line("\n/* Client: one call each; RESTART when the server died. */")
	for _, message in ipairs(service.messages) do
		local parameters = table.concat({ "handle_t endpoint", table.unpack(part_parameters(service, message, true)) }, ", ")
		out:line("status_t %s_%s(%s);", name, message.name, parameters)
	end
	out:line("\n/* Server: the context and the handlers are the server's own. */")
	out:line("struct %s_context;\nstruct server_call;\nstruct format_buffer;", name)
	for _, message in ipairs(service.messages) do
		local parameters = table.concat({ ("struct %s_context *context, uint64_t badge"):format(name),
			table.unpack(part_parameters(service, message, true)) }, ", ")
		out:line("status_t %s_on_%s(%s);", name, message.name, parameters)
	end
	out:line("/* Serves one message: call->message becomes the reply. */")
	out:line("void %s_dispatch(struct %s_context *context, struct server_call *call);", name, name)
	out:line("\n/* Appends a request in readable form. */")
	out:line("void %s_trace(struct format_buffer *out, const struct message *message, const struct message_page *page);", name)
end

local function write_codecs(out, service)
	out:line("\n/* Pure codecs. A decoded pointer lies in the page. Replies carry their status first. */")
	for _, message in ipairs(service.messages) do
		local stem = ("%s_%s"):format(service.name, message.name)
		local request = message.request.empty and "" or ("const struct %s_request *request, "):format(stem)
		out:line("status_t %s_request_encode(%sstruct message *message, struct message_page *page);", stem, request)
		request = message.request.empty and "" or (", struct %s_request *request"):format(stem)
		out:line("status_t %s_request_decode(const struct message *message, const struct message_page *page%s);", stem,
			request)
		local reply = message.reply.empty and "" or ("const struct %s_reply *reply, "):format(stem)
		out:line("status_t %s_reply_encode(status_code_t status, %sstruct message *message, struct message_page *page);",
			stem, reply)
		reply = message.reply.empty and "" or (", struct %s_reply *reply"):format(stem)
		out:line("status_t %s_reply_decode(const struct message *message, struct message_page *page%s);", stem, reply)
	end
end

local header = { part_parameters = part_parameters }

function header.write(service, directory)
	local out = text.open(directory .. "/" .. service.name .. "_protocol.h")
	local upper = service.name:upper()
	out:line("/* Generated from %s.lua; do not edit. */\n#ifndef LICHEN_%s_PROTOCOL_H\n#define LICHEN_%s_PROTOCOL_H\n",
		service.name, upper, upper)
	out:line("#include <stdbool.h>\n#include \"abi/handles.h\"\n#include \"abi/message.h\"\n#include \"abi/status.h\"\n#include \"abi/types.h\"\n")
	write_constants(out, service)
	for _, struct in ipairs(service.structs) do write_struct(out, struct) end
	out:line("\nenum %s_message {", service.name)
	for _, message in ipairs(service.messages) do
		out:line("\t%s_MESSAGE_%s = %d,", upper, message.name:upper(), message.number)
	end
	out:line("};")
	for _, message in ipairs(service.messages) do
		write_part(out, service, message, "request", "const ")
		write_part(out, service, message, "reply", "")
	end
	write_functions(out, service)
	write_codecs(out, service)
	out:line("\n#endif")
	out:close()
end

return header
