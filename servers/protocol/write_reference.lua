-- SPDX-License-Identifier: MIT
--
-- write_reference: <service>.md, the page that people read, and <service>_messages.json, the grammar that fuzzers read.

local text = require("text")

local reference = {}

local function type_text(field)
	if field.kind == "array" then
		return ("%s[up to %d]"):format(field.element.type, field.max)
	elseif field.kind == "bytes" or field.kind == "string" then
		return ("%s, up to %d"):format(field.kind, field.max)
	elseif field.size and (field.kind == "octets" or field.kind == "text") then
		return ("%s[%d]"):format(field.kind, field.size)
	end
	return field.type
end

local function write_part(out, title, part)
	if part.empty then return end
	out:line("\n%s:\n", title)
	for _, field in ipairs(part.fields) do
		out:line("- `%s` (%s)%s", field.name, type_text(field), field.doc and ": " .. field.doc or "")
	end
	for _, handle in ipairs(part.handles) do
		out:line("- `%s` (handle of a %s with %s%s)%s", handle.name, handle.kind_text, handle.rights_text,
			handle.optional and ", optional" or "", handle.doc and ": " .. handle.doc or "")
	end
end

local function write_sets(out, sets, format)
	for _, set in ipairs(sets) do
		out:line("\n### %s\n", set.name)
		if set.doc then out:line("%s\n", (set.doc:gsub("^%l", string.upper))) end
		for _, value in ipairs(set.values) do
			out:line("- `%s` = " .. format .. "%s", value.name, value.value, value.doc and ": " .. value.doc or "")
		end
	end
end

function reference.write_page(service, directory)
	local out = text.open(directory .. "/" .. service.name .. ".md")
	out:line("# %s\n\n%s", service.name, (service.doc:gsub("%s+$", "")))
	for _, message in ipairs(service.messages) do
		out:line("\n## %d %s\n\n%s\n%s", message.number, message.name, message.doc,
			message.idempotent and "\nIdempotent." or "\nNot idempotent: answered once per request id.")
		write_part(out, "Request", message.request)
		write_part(out, "Reply", message.reply)
		if #message.errors > 0 then out:line("\nErrors: %s", table.concat(message.errors, ", ")) end
	end
	out:line("\n## Types")
	write_sets(out, service.enums, "%d")
	write_sets(out, service.bits, "0x%x")
	for _, struct in ipairs(service.structs) do
		out:line("\n### %s (%d bytes)\n", struct.name, struct.size)
		for _, member in ipairs(struct.members) do
			out:line("- `%s` (%s) at %d%s", member.name, type_text(member), member.offset,
				member.doc and ": " .. member.doc or "")
		end
	end
	out:close()
end

local function json_field(field)
	local parts = { ('"name":%s,"kind":%s'):format(text.quote(field.name), text.quote(field.kind)) }
	if field.type then table.insert(parts, '"type":' .. text.quote(field.type)) end
	if field.max then table.insert(parts, '"max":' .. field.max) end
	if field.size then table.insert(parts, '"size":' .. field.size) end
	if field.element then table.insert(parts, ('"element_size":%d'):format(field.element.size)) end
	return "{" .. table.concat(parts, ",") .. "}"
end

local function json_part(part)
	local fields, handles = {}, {}
	for _, field in ipairs(part.fields) do table.insert(fields, json_field(field)) end
	for _, handle in ipairs(part.handles) do
		table.insert(handles, ('{"name":%s,"kind":%s,"optional":%s}'):format(text.quote(handle.name),
			text.quote(handle.kind_text), tostring(handle.optional)))
	end
	return ('{"in_words":%s,"fields":[%s],"handles":[%s]}'):format(tostring(part.words), table.concat(fields, ","),
		table.concat(handles, ","))
end

function reference.write_grammar(service, directory)
	local out = text.open(directory .. "/" .. service.name .. "_messages.json")
	out:line('{"service":%s,"messages":[', text.quote(service.name))
	for index, message in ipairs(service.messages) do
		out:line('{"number":%d,"name":%s,"idempotent":%s,\n "request":%s,\n "reply":%s}%s', message.number,
			text.quote(message.name), tostring(message.idempotent), json_part(message.request), json_part(message.reply),
			index < #service.messages and "," or "")
	end
	out:line("]}")
	out:close()
end

return reference
