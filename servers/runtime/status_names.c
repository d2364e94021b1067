/* SPDX-License-Identifier: MIT */
/*
 * Names of status codes, for logs.
 */
#include "abi/status.h"
#include "runtime/log.h"

#define STATUS_NAME(code, name, text)                                                                        \
	case code: return #name;

const char *status_name(int status)
{
	switch (status) {
		STATUS_TABLE(STATUS_NAME)
	default: return "?";
	}
}
