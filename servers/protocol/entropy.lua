-- SPDX-License-Identifier: MIT
--
-- entropy: random bytes from hardware. Served by drivers/virtio-rng, called by the personality for its random pool.

return {
	name = "entropy",
	doc = "A source of random bytes. The driver keeps some in stock and asks the device for more as they are taken. Bytes "
		.. "are given out once. A caller mixes them into a pool of its own: nothing proves that a device is random.",

	constants = {
		{ "DATA_MAX", 256, "bytes of one read" },
	},

	bits = {
		{ "event", { { "READABLE", 0x1, "bytes are in stock" } }, doc = "bits signalled on the client's notification" },
	},

	messages = {
		{ 1, "open", doc = "The notification is signalled whenever bytes arrive in an empty stock; at once if there are any. "
				.. "Opening again replaces the notification. A caller that only reads need not open.",
			idempotent = true,
			request = {},
			request_handles = { { "events", "notification", "WRITE", "signalled with the bits of event" } },
			reply = {} },
		{ 2, "read", doc = "Up to max bytes out of the stock: OK with at least one, PENDING with none when the stock is empty "
				.. "and the device was asked. A repeated request gets other bytes, which is as good.",
			idempotent = true,
			request = { { "max", "u32", "bytes wanted, at least 1; at most DATA_MAX are given" } },
			reply = { { "data", "bytes", "DATA_MAX", "random" } },
			errors = { "PENDING", "IO_ERROR" } },
	},
}
