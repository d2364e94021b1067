-- SPDX-License-Identifier: MIT
--
-- manifest_json.lua MANIFEST: the table that the supervisor's manifest returns, as JSON. A table with elements is a list.

local write

local function write_list(list)
	local parts = {}
	for index, value in ipairs(list) do parts[index] = write(value) end
	return "[" .. table.concat(parts, ",") .. "]"
end

local function write_fields(fields)
	local parts = {}
	for key, value in pairs(fields) do parts[#parts + 1] = ("%q:%s"):format(key, write(value)) end
	return "{" .. table.concat(parts, ",") .. "}"
end

function write(value)
	if type(value) == "table" then return #value > 0 and write_list(value) or write_fields(value) end
	return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

print(write(dofile(arg[1])))
