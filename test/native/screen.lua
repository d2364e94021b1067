-- SPDX-License-Identifier: MIT
--
-- manifest of the screen's test: the drivers as in the system's manifest, and the test as their only client.

return {
	programs = {
		{
			name = "power", program = "/lichen/drivers/power", serves = "power", level = "driver",
			ports = { pm = { 0x400, 0x400 }, reset = { 0xcf9, 1 }, keyboard = { 0x64, 1 }, pm_pc = { 0xb000, 0x100 } },
			acpi = true, quota = { frames = 512, objects = 64 },
		},
		{
			name = "keyboard", program = "/lichen/drivers/keyboard", serves = "keyboard", level = "driver",
			ports = { data = { 0x60, 1 }, command = { 0x64, 1 } }, irq = 1,
			quota = { frames = 256, objects = 32 },
		},
		{
			name = "screen", program = "/lichen/drivers/screen", serves = "screen", level = "driver", optional = true,
			framebuffer = true, memory = { "boot.info" }, ports = { crtc = { 0x3d4, 2 } },
			calls = { keyboard = "keyboard" }, events = true,
			quota = { frames = 4096, objects = 64 },
		},
		{
			name = "virtio-rng", program = "/lichen/drivers/virtio-rng", serves = "entropy", level = "driver",
			optional = true, pci = { 0x1af4, 0x1044, 0x1005 }, dma = 2,
			quota = { frames = 256, objects = 64 },
		},
		{
			name = "screen-test", program = "/lichen/test/screen-test", events = true, vital = true,
			calls = { tty1 = "screen", power = "power", entropy = "entropy" },
			quota = { frames = 1024, objects = 64 },
		},
	},
}
