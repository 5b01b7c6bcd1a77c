// A disk that can be made to fail: preloaded into the program, it lets SQLite's writes through while the file named by
// FAULT_FILE is empty, and answers them with the error number that stands in it otherwise.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int failing(int fd) {
	struct stat s;
	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return 0;
	const char *name = getenv("FAULT_FILE");
	int f = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	if (f < 0) return 0;
	char text[8] = {0};
	ssize_t n = read(f, text, sizeof text - 1);
	close(f);
	return n > 0 ? atoi(text) : 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define STOP(fd) do { int e = failing(fd); if (e) { errno = e; return -1; } } while (0)

ssize_t write(int fd, const void *b, size_t n) { STOP(fd); return REAL(write)(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { STOP(fd); return REAL(pwrite)(fd, b, n, at); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) { STOP(fd); return REAL(pwrite64)(fd, b, n, at); }
int ftruncate(int fd, off_t n) { STOP(fd); return REAL(ftruncate)(fd, n); }
int ftruncate64(int fd, off64_t n) { STOP(fd); return REAL(ftruncate64)(fd, n); }
