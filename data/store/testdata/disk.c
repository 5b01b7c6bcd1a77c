/* A disk that fails on command. Loaded before the C library, it lets every write below the folder MIGOV_DISK fail as long
   as one of the files enospc, eio, erofs or fsync stands in the folder MIGOV_DISK_SWITCH. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int on(const char *name) {
	char path[4096];
	const char *folder = getenv("MIGOV_DISK_SWITCH");
	if (!folder) return 0;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static int ours(int fd) {
	char link[64], path[4096];
	const char *folder = getenv("MIGOV_DISK");
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	if (n < 0 || !folder) return 0;
	path[n] = 0;
	return strncmp(path, folder, strlen(folder)) == 0;
}

static int fails(int fd) {
	int saved = errno, e = 0;
	if (ours(fd)) e = on("enospc") ? ENOSPC : on("eio") ? EIO : on("erofs") ? EROFS : 0;
	errno = e ? e : saved;
	return e;
}

#define WRITES(name, off) \
	ssize_t name(int fd, const void *b, size_t n, off at) { \
		ssize_t (*real)(int, const void *, size_t, off) = dlsym(RTLD_NEXT, #name); \
		return fails(fd) ? -1 : real(fd, b, n, at); \
	}
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int fd, const void *b, size_t n) {
	ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
	return fails(fd) ? -1 : real(fd, b, n);
}

#define SYNCS(name) \
	int name(int fd) { \
		int (*real)(int) = dlsym(RTLD_NEXT, #name); \
		int saved = errno; \
		if (ours(fd) && on("fsync")) { errno = EIO; return -1; } \
		errno = saved; \
		return real(fd); \
	}
SYNCS(fsync)
SYNCS(fdatasync)
