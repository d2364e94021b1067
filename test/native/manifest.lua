-- SPDX-License-Identifier: MIT
--
-- manifest of the native test: the drivers as in the system's manifest, and the test as their only client.

local function victim(how, serves)
	return {
		name = "victim." .. how, program = "/lichen/test/native-victim", serves = serves, options = { how = how },
		fpu = how ~= "fpu",
		quota = { frames = 256, objects = 32 },
	}
end

return {
	programs = {
		victim("fault"), victim("code"), victim("exit"), victim("fpu"), victim("memory"), victim("kernel"),
		victim("port"), victim("mmio"), victim("interrupt"), victim("serving", "victim"),
		victim("working", "worker"),
		{
			name = "serial.com1", program = "/lichen/drivers/serial", serves = "serial.com1", level = "driver",
			ports = { ports = { 0x3f8, 8 } }, irq = 4, system = { "WRITE" }, options = { console = "1" },
			quota = { frames = 512, objects = 64 },
		},
		{
			name = "serial.com2", program = "/lichen/drivers/serial", serves = "serial.com2", level = "driver",
			ports = { ports = { 0x2f8, 8 } }, irq = 3, quota = { frames = 512, objects = 64 },
		},
		{
			name = "rtc", program = "/lichen/drivers/rtc", serves = "rtc", level = "driver",
			ports = { ports = { 0x70, 2 } }, quota = { frames = 256, objects = 32 },
		},
		{
			name = "power", program = "/lichen/drivers/power", serves = "power", level = "driver",
			ports = { pm = { 0x400, 0x400 }, reset = { 0xcf9, 1 }, keyboard = { 0x64, 1 }, pm_pc = { 0xb000, 0x100 } },
			acpi = true, quota = { frames = 512, objects = 64 },
		},
		{
			name = "native-test", program = "/lichen/test/native-test", events = true, fpu = true, vital = true,
			calls = { ttyS0 = "serial.com1", ttyS1 = "serial.com2", rtc = "rtc", power = "power",
				victim = "victim", worker = "worker" },
			quota = { frames = 16384, objects = 256 },
		},
	},
}
