-- SPDX-License-Identifier: MIT
--
-- write_stubs: <service>_client.c, <service>_server.c and <service>_trace.c: what surrounds the codecs.

local model = require("model")
local text = require("text")
local header = require("write_header")

local stubs = {}

local function head(out, service, includes)
	out:line("/* Generated from %s.lua; do not edit. */", service.name)
	for _, include in ipairs(includes) do out:line("#include \"%s\"", include) end
	out:line("#include \"%s_protocol.h\"", service.name)
end

local function arguments(message, ...)
	local list = { ... }
	if not message.request.empty then table.insert(list, "request") end
	if not message.reply.empty then table.insert(list, "reply") end
	return list
end

local function write_client_call(out, service, message)
	local stem = service.name .. "_" .. message.name
	local parameters = table.concat({ "handle_t endpoint", table.unpack(header.part_parameters(service, message, true)) },
		", ")
	out:line("\nstatus_t %s(%s)\n{", stem, parameters)
	out:line("\tstruct message message;\n\tstruct message_page *page = thread_message_page();")
	out:line("\tstatus_code_t status = %s_request_encode(%s&message, page);\n", stem,
		message.request.empty and "" or "request, ")
	out:line("\tif (status == STATUS_OK)\n\t\tstatus = client_call(endpoint, &message);")
	out:line("\tif (status != STATUS_OK)\n\t\treturn status;")
	out:line("\tstatus = %s_reply_decode(&message, page%s);", stem, message.reply.empty and "" or ", reply")
	out:line("\tif (status == STATUS_CORRUPT)\n\t\tclient_drop_handles(&message, page);\n\treturn status;\n}")
end

function stubs.write_client(service, directory)
	local out = text.open(directory .. "/" .. service.name .. "_client.c")
	head(out, service, { "runtime/client.h" })
	for _, message in ipairs(service.messages) do write_client_call(out, service, message) end
	out:close()
end

-- Server -------------------------------------------------------------------------------------------------------------

-- Points the reply's variable fields at scratch space, each at its full size.
local function write_presets(out, part)
	local offset = 0
	for _, field in ipairs(part.fields) do
		if field.kind == "array" or field.kind == "bytes" or field.kind == "string" then
			local cast = field.kind == "bytes" and "" or ("(%s *)"):format(field.c)
			out:line("\treply.%s = %s(call->scratch + %d);", field.name, cast, offset)
			offset = offset + model.page_bytes(field)
		end
	end
end

local function write_handle_table(out, stem, part)
	out:line("\nstatic const struct server_handle %s_handles[] = {", stem)
	for _, handle in ipairs(part.handles) do
		out:line("\t{ KIND_%s, %s },", handle.kind, handle.rights)
	end
	out:line("};")
end

local function write_serve(out, service, message)
	local stem = service.name .. "_" .. message.name
	local has_handles = #message.request.handles > 0
	if has_handles then write_handle_table(out, stem, message.request) end
	out:line("\nstatic void %s_serve(struct %s_context *context, struct server_call *call)\n{", stem, service.name)
	if not message.request.empty then out:line("\tstruct %s_request request;", stem) end
	if not message.reply.empty then out:line("\tstruct %s_reply reply = { 0 };", stem) end
	out:line("\tstatus_code_t status = %s_request_decode(&call->message, call->page%s);\n", stem,
		message.request.empty and "" or ", &request")
	if has_handles then
		out:line("\tif (status == STATUS_OK)\n\t\tstatus = server_check_handles(call, %s_handles);", stem)
	end
	write_presets(out, message.reply)
	local list = table.concat(arguments(message, "context", "call->message.badge"), ", "):gsub("request", "&request")
	out:line("\tif (status == STATUS_OK)\n\t\tstatus = %s_on_%s(%s);", service.name, message.name,
		(list:gsub("reply", "&reply")))
	out:line("\tserver_settle_handles(call, status);")
	out:line("\tstatus = %s_reply_encode(status, %s&call->message, call->page);", stem,
		message.reply.empty and "" or "&reply, ")
	out:line("\tif (status != STATUS_OK)\n\t\tserver_answer(call, STATUS_CORRUPT);\n}")
end

function stubs.write_server(service, directory)
	local out = text.open(directory .. "/" .. service.name .. "_server.c")
	head(out, service, { "runtime/server.h" })
	for _, message in ipairs(service.messages) do write_serve(out, service, message) end
	out:line("\nvoid %s_dispatch(struct %s_context *context, struct server_call *call)\n{", service.name, service.name)
	out:line("\tswitch (MESSAGE_NUMBER(call->message.tag)) {")
	for _, message in ipairs(service.messages) do
		out:line("\tcase %s_MESSAGE_%s:\n\t\t%s_%s_serve(context, call);\n\t\treturn;", service.name:upper(),
			message.name:upper(), service.name, message.name)
	end
	out:line("\tdefault:\n\t\tserver_settle_handles(call, STATUS_NOT_SUPPORTED);\n\t\tserver_answer(call, STATUS_NOT_SUPPORTED);\n\t}\n}")
	out:close()
end

-- Trace --------------------------------------------------------------------------------------------------------------

local function trace_field(out, field, first)
	local comma = first and "" or ", "
	local place = "request." .. field.name
	if field.kind == "integer" and field.type:match("^s") then
		out:line("\tformat_append(out, \"%s%s=%%ld\", (long)%s);", comma, field.name, place)
	elseif model.is_scalar(field) then
		out:line("\tformat_append(out, \"%s%s=%%lu\", (unsigned long)%s);", comma, field.name, place)
	elseif field.kind == "string" then
		out:line("\tformat_append(out, \"%s%s=\\\"%%s\\\"\", %s);", comma, field.name, place)
	elseif field.kind == "struct" then
		out:line("\tformat_append(out, \"%s%s={%d bytes}\");", comma, field.name, field.size)
	else
		out:line("\tformat_append(out, \"%s%s[%%u]\", %s_%s);", comma, field.name, place,
			field.kind == "array" and "count" or "bytes")
	end
end

local function write_trace_message(out, service, message)
	local stem = service.name .. "_" .. message.name
	out:line("\nstatic void %s_trace_%s(struct format_buffer *out, const struct message *message,\n"
		.. "\t\t\tconst struct message_page *page)\n{", service.name, message.name)
	if not message.request.empty then out:line("\tstruct %s_request request;", stem) end
	out:line("\tif (%s_request_decode(message, page%s) != STATUS_OK) {\n\t\tformat_append(out, \"%s.%s(malformed)\");\n"
		.. "\t\treturn;\n\t}", stem, message.request.empty and "" or ", &request", service.name, message.name)
	out:line("\tformat_append(out, \"%s.%s(\");", service.name, message.name)
	for index, field in ipairs(message.request.fields) do trace_field(out, field, index == 1) end
	for index, handle in ipairs(message.request.handles) do
		local comma = (index == 1 and #message.request.fields == 0) and "" or ", "
		out:line("\tformat_append(out, \"%s%s=handle %%u\", request.%s.value);", comma, handle.name, handle.name)
	end
	out:line("\tformat_append(out, \")\");\n}")
end

function stubs.write_trace(service, directory)
	local out = text.open(directory .. "/" .. service.name .. "_trace.c")
	head(out, service, { "runtime/format.h" })
	for _, message in ipairs(service.messages) do write_trace_message(out, service, message) end
	out:line("\nvoid %s_trace(struct format_buffer *out, const struct message *message, const struct message_page *page)\n{",
		service.name)
	out:line("\tswitch (MESSAGE_NUMBER(message->tag)) {")
	for _, message in ipairs(service.messages) do
		out:line("\tcase %s_MESSAGE_%s:\n\t\t%s_trace_%s(out, message, page);\n\t\treturn;", service.name:upper(),
			message.name:upper(), service.name, message.name)
	end
	out:line("\tdefault:\n\t\tformat_append(out, \"%s.?%%u\", MESSAGE_NUMBER(message->tag));\n\t}\n}", service.name)
	out:close()
end

return stubs
