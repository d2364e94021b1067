-- SPDX-License-Identifier: MIT
--
-- manifest: which programs run, in the order in which they start, and exactly what each of them may touch. What is not
-- listed here, a program does not have. Fields of a program:
--   name, program   what it is called, and its file in the boot archive
--   serves          name of the endpoint that it receives from (its handle "endpoint")
--   calls           { NAME = "endpoint" }: its handle "NAME.endpoint" calls that endpoint; the server sees the caller's
--                   place in this list as badge. "supervisor" is the supervisor's own: what programs there are
--   ports, physical { NAME = { first, count } }: I/O ports, physical memory in bytes
--   irq             interrupt line; handles "irq" and "events" (bit 0x1)
--   events          true: a notification "events" without an interrupt
--   memory          objects of the boot: "boot.module", "boot.info"
--   acpi            true: the firmware's tables, "acpi.0" and so on, and the option "rsdp"
--   framebuffer     true: the physical range "framebuffer", exactly the screen that the boot loader left
--   pci             { vendor, device, ... }: the first such function: its memory "pci.bar.N", a copy of its configuration
--                   space "pci.configuration", and "events" with an MSI-X vector "irq" (bit 0x1)
--   dma             pages of contiguous memory "dma" for a device to access
--   system, account rights on system control and on the program's own account (WRITE is always there)
--   quota           frames (pages), objects, guaranteed frames; a number or "unlimited"
--   holds           kinds of objects that it may make or receive in messages beside what is granted here; those that reach
--                   devices or other programs come by grant alone. test/architecture compares
--   level           "server" or "driver"; fpu: the first thread may compute with floating point; stack: bytes
--   vital           the system stops with it; optional: it or its device may be missing
--   options         { NAME = "text" }

local function serial(name, base, line, more)
	local program = {
		name = name, program = "/lichen/drivers/serial", serves = name, level = "driver",
		ports = { ports = { base, 8 } }, irq = line, holds = { "notification" },
		quota = { frames = 512, objects = 64 },
	}
	for key, value in pairs(more or {}) do program[key] = value end
	return program
end

return {
	programs = {
		serial("serial.com1", 0x3f8, 4, { system = { "WRITE" }, options = { console = "1" } }),
		serial("serial.com2", 0x2f8, 3),
		{
			name = "rtc", program = "/lichen/drivers/rtc", serves = "rtc", level = "driver",
			ports = { ports = { 0x70, 2 } },
			quota = { frames = 256, objects = 32 },
		},
		{
			name = "power", program = "/lichen/drivers/power", serves = "power", level = "driver",
			ports = { pm = { 0x400, 0x400 }, reset = { 0xcf9, 1 }, keyboard = { 0x64, 1 }, pm_pc = { 0xb000, 0x100 } },
			acpi = true, holds = { "memory-object" },
			quota = { frames = 512, objects = 64 },
		},
		{
			name = "keyboard", program = "/lichen/drivers/keyboard", serves = "keyboard", level = "driver",
			ports = { data = { 0x60, 1 }, command = { 0x64, 1 } }, irq = 1, holds = { "notification" },
			quota = { frames = 256, objects = 32 },
		},
		{
			name = "screen", program = "/lichen/drivers/screen", serves = "screen", level = "driver", optional = true,
			framebuffer = true, memory = { "boot.info" }, ports = { crtc = { 0x3d4, 2 } },
			calls = { keyboard = "keyboard" }, events = true, holds = { "memory-object", "notification" },
			quota = { frames = 4096, objects = 64 },
		},
		{
			name = "virtio-rng", program = "/lichen/drivers/virtio-rng", serves = "entropy", level = "driver",
			optional = true, pci = { 0x1af4, 0x1044, 0x1005 }, dma = 2, holds = { "memory-object", "notification" },
			quota = { frames = 256, objects = 64 },
		},
		{
			name = "vfs", program = "/lichen/servers/vfs", serves = "vfs",
			memory = { "boot.module", "boot.info" }, events = true, fpu = true, account = { "READ", "MANAGE" },
			holds = { "account", "memory-object" },
			quota = { frames = "unlimited", objects = "unlimited", guaranteed = 256 },
		},
		{
			name = "linux-personality", program = "/lichen/servers/linux-personality", vital = true,
			calls = {
				vfs = "vfs", ttyS0 = "serial.com1", ttyS1 = "serial.com2", tty1 = "screen", rtc = "rtc",
				power = "power", entropy = "entropy", supervisor = "supervisor",
			},
			memory = { "boot.info" }, events = true, fpu = true,
			system = { "READ", "WRITE" }, account = { "READ", "MANAGE", "TRANSFER" },
			holds = { "account", "thread", "address-space", "memory-object", "notification", "descriptor-table" },
			quota = { frames = "unlimited", objects = "unlimited", guaranteed = 256 },
		},
	},
}
