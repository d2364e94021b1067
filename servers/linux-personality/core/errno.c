/* SPDX-License-Identifier: MIT */
/*
 * Status codes of the kernel and of servers, as Linux's error numbers. The only place where the two meet.
 */
#include "core/errno.h"

#include "abi/status.h"

static const int16_t status_errno[] = {
	[-STATUS_INVALID] = EINVAL,
	[-STATUS_BAD_HANDLE] = EBADF,
	[-STATUS_DENIED] = EACCES,
	[-STATUS_BAD_ADDRESS] = EFAULT,
	[-STATUS_NO_MEMORY] = ENOMEM,
	[-STATUS_LIMIT] = ENOMEM,
	[-STATUS_EXISTS] = EEXIST,
	[-STATUS_NOT_FOUND] = ENOENT,
	[-STATUS_MISMATCH] = EAGAIN,
	[-STATUS_TIMED_OUT] = ETIMEDOUT,
	[-STATUS_INTERRUPTED] = ERESTARTSYS,
	[-STATUS_KILLED] = EINTR,
	[-STATUS_CANCELLED] = ERESTARTSYS,
	[-STATUS_RESTART] = EIO,
	[-STATUS_PENDING] = EINPROGRESS,
	[-STATUS_WOULD_BLOCK] = EAGAIN,
	[-STATUS_OUT_OF_RANGE] = EINVAL,
	[-STATUS_PAGER_ERROR] = EIO,
	[-STATUS_NOT_SUPPORTED] = EOPNOTSUPP,
	[-STATUS_BUSY] = EBUSY,
	[-STATUS_NOT_DIRECTORY] = ENOTDIR,
	[-STATUS_IS_DIRECTORY] = EISDIR,
	[-STATUS_NOT_EMPTY] = ENOTEMPTY,
	[-STATUS_NO_SPACE] = ENOSPC,
	[-STATUS_READ_ONLY] = EROFS,
	[-STATUS_NAME_TOO_LONG] = ENAMETOOLONG,
	[-STATUS_TOO_MANY_LINKS] = EMLINK,
	[-STATUS_STALE] = ESTALE,
	[-STATUS_IO_ERROR] = EIO,
	[-STATUS_CORRUPT] = EUCLEAN,
	[-STATUS_TOO_BIG] = EFBIG,
	[-STATUS_CROSS_DEVICE] = EXDEV,
};

#define STATUS_COUNT ((int64_t)(sizeof(status_errno) / sizeof(status_errno[0])))

int errno_from_status(int64_t status)
{
	if (status >= 0)
		return 0;
	if (status <= -STATUS_COUNT)
		return -EIO;
	return -status_errno[-status];
}
