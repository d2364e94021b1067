/* SPDX-License-Identifier: MIT */
/*
 * The supervisor's flat image (abi/boot.h), linked into the kernel as read-only data on a page boundary.
 * SUPERVISOR_FLAT is the file's path, given by the build.
 */
	.section .supervisor, "a", @progbits
	.balign 4096
	.global supervisor_image, supervisor_image_end
supervisor_image:
	.incbin SUPERVISOR_FLAT
supervisor_image_end:

	.section .note.GNU-stack, "", @progbits
