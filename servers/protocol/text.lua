-- SPDX-License-Identifier: MIT
--
-- text: how the writers put lines into files. A file is written only when its text changed, so that a build does not
-- compile again what stayed the same.

local text = {}

local writer = {}
writer.__index = writer

function writer:line(format, ...)
	table.insert(self.lines, select("#", ...) > 0 and format:format(...) or format)
end

function writer:close()
	local whole = table.concat(self.lines, "\n") .. "\n"
	local old = io.open(self.path, "rb")
	local same = old and old:read("a") == whole
	if old then old:close() end
	if not same then
		local file = assert(io.open(self.path, "wb"))
		assert(file:write(whole))
		assert(file:close())
	end
end

function text.open(path)
	return setmetatable({ path = path, lines = {} }, writer)
end

function text.number(value)
	return value < 0 and ("(%d)"):format(value) or ("%du"):format(value)
end

function text.trailing_doc(doc)
	return doc and (" /* %s */"):format((doc:gsub("%*/", "* /"))) or ""
end

-- A JSON string literal.
function text.quote(value)
	return '"' .. value:gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
end

return text
