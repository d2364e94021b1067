# SPDX-License-Identifier: MIT
"""Events as /proc/lichen/events gives them; microkernel/abi/events.h is the contract.

What was recorded is not trusted: an event of an unknown kind, or a file that is cut, ends nothing; it is counted and said.
"""
