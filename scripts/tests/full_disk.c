/* Preloaded (LD_PRELOAD): a disk that is full from one call on. Counts what is done to files below the folder FULL_DISK: opening to write,
 * writing, fsync, closing and renaming; the call of number FULL_DISK_FROM and all after it fail as they do where no room is left. Half of what
 * a failing write is given gets written. Removing always works. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_below(const char* path) {
  const char* folder = getenv("FULL_DISK");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_open_below(int descriptor) {
  char link[64], path[4096];
  ssize_t length;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return is_below(path) && (fcntl(descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

static int is_full(void) {
  static int calls = 0;
  const char* from = getenv("FULL_DISK_FROM");
  return from && ++calls >= atoi(from);
}

static int fails(int result) {
  errno = ENOSPC;
  return result;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int opened(const char* path, int flags, mode_t mode, int large) {
  const int writes = (flags & O_ACCMODE) != O_RDONLY;
  if (writes && is_below(path) && is_full()) return fails(-1);
  return large ? REAL(open64)(path, flags, mode) : REAL(open)(path, flags, mode);
}

int open(const char* path, int flags, ...) {
  va_list rest;
  mode_t mode;
  va_start(rest, flags);
  mode = va_arg(rest, mode_t);
  va_end(rest);
  return opened(path, flags, mode, 0);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  mode_t mode;
  va_start(rest, flags);
  mode = va_arg(rest, mode_t);
  va_end(rest);
  return opened(path, flags, mode, 1);
}

FILE* fopen64(const char* path, const char* mode) {
  if (mode[0] != 'r' && is_below(path) && is_full()) return errno = ENOSPC, NULL;
  return REAL(fopen64)(path, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  if (is_open_below(descriptor) && is_full()) {
    if (count > 1 && REAL(write)(descriptor, bytes, count / 2) < 0) return -1;
    return fails(-1);
  }
  return REAL(write)(descriptor, bytes, count);
}

ssize_t writev(int descriptor, const struct iovec* parts, int count) {
  if (is_open_below(descriptor) && is_full()) {
    if (count > 1 && REAL(writev)(descriptor, parts, 1) < 0) return -1;
    return fails(-1);
  }
  return REAL(writev)(descriptor, parts, count);
}

int fsync(int descriptor) {
  if (is_open_below(descriptor) && is_full()) return fails(-1);
  return REAL(fsync)(descriptor);
}

int close(int descriptor) {
  const int full = is_open_below(descriptor) && is_full();
  const int result = REAL(close)(descriptor);
  return full ? fails(-1) : result;
}

int rename(const char* from, const char* to) {
  if (is_below(to) && is_full()) return fails(-1);
  return REAL(rename)(from, to);
}
